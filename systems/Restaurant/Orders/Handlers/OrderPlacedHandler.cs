using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Retry;
using Npgsql;
using Restaurant.Orders.Calls;
using Restaurant.Orders.Contracts;

namespace Restaurant.Orders.Handlers;

/// <summary>Tells loyalty about an order, until loyalty has taken note: before the transaction, because loyalty may be slow, and again as often as it takes, because loyalty counts an order once.</summary>
/// <remarks>
/// One try each time: the message is tried again anyway, and tries within tries keep a worker from the next order. That matters most after a crash, when what was in hand is
/// handled one by one.
/// </remarks>
internal sealed class OrderPlacedHandler(LoyaltyClient loyalty, TimeProvider time) : IPreparingHandler<OrderPlaced>
{
    /// <summary>How this handler wants its messages: it waits for loyalty most of the time, and does not give an order up before loyalty was away for more than a minute.</summary>
    public static ConsumerOptions Consuming { get; } = new()
    {
        WorkersMax = 32,
        BatchMessagesMax = 1,
        UnsettledMax = 32,
        Retry = new RetryOptions { AttemptsMax = 100, PauseMax = TimeSpan.FromSeconds(1) },
    };

    public async Task<object?> PrepareAsync(OrderPlaced message, Envelope envelope, CancellationToken stop)
    {
        var origin = new CallOrigin(envelope.CorrelationId, envelope.Headers.GetValueOrDefault(Envelope.CellHeader));
        return await loyalty.TellAsync(message, origin, Insistence.OfMessage, stop) ? true : throw new PeerUnavailableException("loyalty", "it did not take note of the order");
    }

    public Task HandleAsync(OrderPlaced message, Handling handling, CancellationToken stop)
    {
        handling.Unit.Defer(new NpgsqlBatchCommand("update customer_order set told_at = $2 where id = $1")
        {
            Parameters = { new() { Value = message.OrderId }, new() { Value = time.GetUtcNow().UtcDateTime } },
        });
        return Task.CompletedTask;
    }
}
