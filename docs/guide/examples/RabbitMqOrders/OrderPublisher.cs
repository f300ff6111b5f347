using System.Text.Json;
using Faultline.Anomalies;
using RabbitMQ.Client;

namespace RabbitMqOrders;

/// <summary>Publishes orders, and waits for the broker's confirm; what is not confirmed is sent again with the same id.</summary>
internal sealed class OrderPublisher(Broker broker, FaultPipeline faults, TimeProvider time) : IAsyncDisposable
{
    private const int AttemptsMax = 3;
    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1); // A channel is not for two at once.
    private IChannel? _channel;

    /// <returns>Whether the broker has confirmed it.</returns>
    public async Task<bool> PublishAsync(Order order, CancellationToken stop)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(order);
        await _turn.WaitAsync(stop);
        try
        {
            _channel ??= await broker.OpenChannelAsync(stop);
            for (int attempt = 1; attempt <= AttemptsMax; attempt++)
            {
                if (await SendAsync(_channel, order.Id, body, attempt, stop)) return true;
            }

            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        if (_channel is not null) await _channel.DisposeAsync();
    }

    private async Task<bool> SendAsync(IChannel channel, Guid id, byte[] body, int attempt, CancellationToken stop)
    {
        ReadOnlyMemory<byte> wire = body;
        int copies = 0;
        if (faults.IsArmed(OrderPoints.PublishBefore))
        {
            Passage passage = Order.PassageOf(id, wire, attempt);
            await faults.PassAsync(OrderPoints.PublishBefore, passage, stop);
            if (passage.Fate == PassageFate.Lost) return false; // Nothing was sent, so no confirm comes.

            (wire, copies) = (passage.Body, passage.Copies);
        }

        // The digest is of what was meant, not of what travels.
        BasicProperties properties = new() { MessageId = id.ToString(), Persistent = true, Headers = new Dictionary<string, object?> { [Order.DigestHeader] = Order.DigestOf(body) } };
        for (int copy = 0; copy < copies; copy++) await channel.BasicPublishAsync("", Broker.Queue, mandatory: true, properties, wire, stop);
        Task confirmed = channel.BasicPublishAsync("", Broker.Queue, mandatory: true, properties, wire, stop).AsTask();
        if (faults.IsArmed(OrderPoints.ConfirmBefore))
        {
            Passage passage = Order.PassageOf(id, wire, attempt);
            await faults.PassAsync(OrderPoints.ConfirmBefore, passage, stop);
            if (passage.Fate == PassageFate.Lost)
            {
                await confirmed; // The channel goes on in order, but nobody hears of it.
                return false;
            }
        }

        await confirmed.WaitAsync(ConfirmLimit, time, stop);
        return true;
    }
}
