using System.Security.Cryptography;
using System.Threading.Channels;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>A queue that belongs to one connection and vanishes with it. After a lost connection it is opened anew, and what was broadcast in between is missed.</summary>
internal sealed class RabbitTemporaryQueue : ITemporaryQueue
{
    private readonly BrokerConnector _connector;
    private readonly string _service;
    private readonly string _instance;
    private readonly Channel<Envelope> _messages = Channel.CreateUnbounded<Envelope>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private int _disposed;

    private RabbitTemporaryQueue(BrokerConnector connector, string service, string instance) => (_connector, _service, _instance) = (connector, service, instance);

    /// <inheritdoc/>
    public ChannelReader<Envelope> Messages => _messages.Reader;

    /// <summary>Completes when the queue is closed.</summary>
    public Task Closed => _running;

    /// <summary>Opens the queue, and starts to read it.</summary>
    public static async Task<RabbitTemporaryQueue> StartAsync(BrokerConnector connector, string service, string instance, CancellationToken stop)
    {
        RabbitTemporaryQueue queue = new(connector, service, instance);
        (IConnection, Task<string>) first = await queue.OpenAsync(stop);
        queue._running = Task.Run(() => queue.RunAsync(first), CancellationToken.None);
        return queue;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) await _stopping.CancelAsync();
        await _running;
    }

    private async Task RunAsync((IConnection Connection, Task<string> Ended)? open)
    {
        while (true)
        {
            string why;
            try
            {
                open ??= await OpenAsync(_stopping.Token);
                why = await open.Value.Ended.WaitAsync(_stopping.Token);
            }
            catch (Exception error)
            {
                why = TransportFailures.Describe(error); // The loop's edge: the queue is opened anew.
            }

            if (open is { } ended) await _connector.CloseAsync(ended.Connection);
            open = null;
            if (_stopping.IsCancellationRequested) break;

            RabbitLog.SessionLost(_connector.Log, _instance, _service, why);
            await Task.Delay(_connector.Options.ReconnectDelayMax, _connector.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _messages.Writer.TryComplete();
    }

    private async Task<(IConnection Connection, Task<string> Ended)> OpenAsync(CancellationToken stop)
    {
        IConnection connection = await _connector.ConnectAsync($"broadcasts {_service} {_instance}", stop);
        try
        {
            IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
            string queue = Names.Temporary(_service, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
            await channel.ExchangeDeclareAsync(Names.Broadcast(_service), ExchangeType.Fanout, durable: true, cancellationToken: stop);
            await channel.QueueDeclareAsync(queue, durable: false, exclusive: true, autoDelete: true, cancellationToken: stop);
            await channel.QueueBindAsync(queue, Names.Broadcast(_service), "", cancellationToken: stop);
            BroadcastEars ears = new(channel, this);
            await channel.BasicConsumeAsync(queue, autoAck: true, ears, stop);
            return (connection, ears.Ended);
        }
        catch
        {
            await _connector.DropAsync(connection); // It was opened here, and nobody else knows of it.
            throw;
        }
    }

    private void Publish(Arrival arrival)
    {
        if (arrival.Message is { } message) _messages.Writer.TryWrite(message);
        else RabbitLog.BroadcastDropped(_connector.Log, _service, arrival.Malformed ?? "no reason");
    }

    private sealed class BroadcastEars(IChannel channel, RabbitTemporaryQueue queue) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Ended => _ended.Task;

        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            queue.Publish(Wire.Read(properties, redelivered, body));
            return Task.CompletedTask;
        }

        public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            _ended.TrySetResult("the queue was deleted");
            return Task.CompletedTask;
        }

        public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
        {
            _ended.TrySetResult(TransportFailures.Describe(reason));
            return Task.CompletedTask;
        }
    }
}
