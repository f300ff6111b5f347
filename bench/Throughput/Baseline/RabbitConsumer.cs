using System.Text.Json;
using System.Threading.Channels;
using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Bench.Throughput.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>The consuming side on RabbitMQ: what has been pushed is handled in one transaction, then acked by one cumulative ack.</summary>
internal sealed class RabbitConsumer : IConsumerSide
{
    private const string Own = "update ownership set epoch = epoch + 1 where queue = 'orders' returning epoch";

    private readonly Tuning _tuning;
    private readonly DeliveryLog _deliveries;
    private readonly BaselineHandling _handling;
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly Channel<(ulong Tag, Guid MessageId, OrderPlaced Order)> _arrived;
    private readonly CancellationTokenSource _ending = new();

    private RabbitConsumer(RoleSetup setup, DeliveryLog deliveries, IConnection connection, IChannel channel)
    {
        (_tuning, _deliveries, _connection, _channel) = (setup.Tuning, deliveries, connection, channel);
        _handling = new BaselineHandling(setup.Servers.Consumer());
        _arrived = Channel.CreateUnbounded<(ulong, Guid, OrderPlaced)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }); // The prefetch bounds it.
    }

    public Task Failure { get; private set; } = new TaskCompletionSource().Task;

    public static async Task<RabbitConsumer> OpenAsync(string address, RoleSetup setup, DeliveryLog deliveries, CancellationToken stop)
    {
        IConnection connection = await RabbitQueue.ConnectAsync(address, stop);
        IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        var consumer = new RabbitConsumer(setup, deliveries, connection, channel);
        await consumer._handling.OpenAsync(Own, stop);
        await RabbitQueue.DeclareAsync(channel, stop);
        await channel.BasicQosAsync(0, (ushort)Math.Min(ushort.MaxValue, setup.Tuning.ConsumerBatch * 4), global: false, stop);
        var pushed = new AsyncEventingBasicConsumer(channel);
        pushed.ReceivedAsync += (_, delivery) => consumer.TakeAsync(delivery);
        channel.ChannelShutdownAsync += (_, reason) => consumer.EndAsync(reason);
        CancellationToken ending = consumer._ending.Token;
        consumer.Failure = Task.Run(() => consumer.ConsumeAsync(ending), CancellationToken.None);
        await channel.BasicConsumeAsync(RabbitQueue.Name, autoAck: false, pushed, stop);
        return consumer;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Failure.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
        await _handling.DisposeAsync();
        _ending.Dispose();
    }

    private Task TakeAsync(BasicDeliverEventArgs delivery)
    {
        // The body is the client library's own and must be read now.
        bool known = delivery.BasicProperties.Type == OrderPlaced.Type && delivery.BasicProperties.MessageId is not null;
        OrderPlaced? order = known ? JsonSerializer.Deserialize(delivery.Body.Span, BusinessJson.Default.OrderPlaced) : null;
        if (order is null) _arrived.Writer.TryComplete(new InvalidDataException($"a message of the unknown type '{delivery.BasicProperties.Type}'"));
        else _arrived.Writer.TryWrite((delivery.DeliveryTag, Guid.Parse(delivery.BasicProperties.MessageId!), order));
        return Task.CompletedTask;
    }

    private Task EndAsync(ShutdownEventArgs reason)
    {
        _arrived.Writer.TryComplete(new InvalidOperationException($"the broker closed the channel: {reason.ReplyText}"));
        return Task.CompletedTask;
    }

    private async Task ConsumeAsync(CancellationToken stop)
    {
        List<Guid> messageIds = [];
        List<OrderPlaced> orders = [];
        while (await _arrived.Reader.WaitToReadAsync(stop))
        {
            ulong last = 0;
            messageIds.Clear();
            orders.Clear();
            while (orders.Count < _tuning.ConsumerBatch && _arrived.Reader.TryRead(out (ulong Tag, Guid MessageId, OrderPlaced Order) next))
            {
                last = next.Tag;
                messageIds.Add(next.MessageId);
                orders.Add(next.Order);
            }

            await _handling.HandleAsync(messageIds, orders, stop);
            foreach (OrderPlaced order in orders) _deliveries.Committed(order);
            await _channel.BasicAckAsync(last, multiple: true, stop);
            if (orders.Count >= _tuning.LingerFrom && orders.Count < _tuning.ConsumerBatch && _tuning.ConsumerLinger > TimeSpan.Zero) await Task.Delay(_tuning.ConsumerLinger, TimeProvider.System, stop);
        }
    }
}
