using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>A channel in confirm mode with a whole batch in flight: every message is published, then the last confirmation is waited for.</summary>
internal sealed class RabbitSender(string address) : IBaselineSender
{
    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _open = [];
    private IConnection? _connection;
    private IChannel? _channel;
    private TaskCompletionSource _answered = new();
    private ulong _next = 1;
    private bool _allPublished;

    public async Task OpenAsync(CancellationToken stop)
    {
        _connection = await RabbitQueue.ConnectAsync(address, stop);
        _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), stop);
        await RabbitQueue.DeclareAsync(_channel, stop);
        _channel.BasicAcksAsync += OnAckAsync;
        _channel.BasicNacksAsync += (_, nack) => FailAsync(string.Create(CultureInfo.InvariantCulture, $"the broker refused message {nack.DeliveryTag}"));
        _channel.BasicReturnAsync += (_, back) => FailAsync($"no queue took a message: {back.ReplyText}");
        _channel.ChannelShutdownAsync += (_, reason) => FailAsync($"the broker closed the channel: {reason.ReplyText}");
    }

    public async Task SendAsync(OutboxBatch batch, CancellationToken stop)
    {
        lock (_gate)
        {
            _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _allPublished = false;
            for (int at = 0; at < batch.Ids.Count; at++) _open.Add(_next++);
        }

        for (int at = 0; at < batch.Ids.Count; at++)
        {
            BasicProperties properties = RabbitQueue.PropertiesOf(batch.MessageIds[at], batch.Types[at], batch.Keys[at]);
            await _channel!.BasicPublishAsync("", RabbitQueue.Name, mandatory: true, properties, batch.Bodies[at], stop);
        }

        lock (_gate)
        {
            _allPublished = true;
            CompleteNeedsGate();
        }

        await _answered.Task.WaitAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel is not null) await _channel.DisposeAsync();
        if (_connection is not null) await _connection.DisposeAsync();
    }

    private Task OnAckAsync(object sender, BasicAckEventArgs ack)
    {
        lock (_gate)
        {
            if (ack.Multiple) _open.RemoveWhere(number => number <= ack.DeliveryTag);
            else _open.Remove(ack.DeliveryTag);
            CompleteNeedsGate();
        }

        return Task.CompletedTask;
    }

    private Task FailAsync(string why)
    {
        lock (_gate) _answered.TrySetException(new InvalidOperationException(why));
        return Task.CompletedTask;
    }

    private void CompleteNeedsGate()
    {
        if (_allPublished && _open.Count == 0) _answered.TrySetResult();
    }
}
