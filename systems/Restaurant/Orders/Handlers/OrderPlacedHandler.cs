using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Npgsql;
using Restaurant.Orders.Calls;
using Restaurant.Orders.Contracts;

namespace Restaurant.Orders.Handlers;

/// <summary>Tells loyalty about an order, until loyalty has taken note: before the transaction, because loyalty may be slow, and again as often as it takes, because loyalty counts an order once.</summary>
internal sealed class OrderPlacedHandler(LoyaltyClient loyalty, TimeProvider time) : IPreparingHandler<OrderPlaced>
{
    public async Task<object?> PrepareAsync(OrderPlaced message, Envelope envelope, CancellationToken stop)
    {
        var origin = new CallOrigin(envelope.CorrelationId, envelope.Headers.GetValueOrDefault(Envelope.CellHeader));
        return await loyalty.TellAsync(message, origin, stop) ? true : throw new PeerUnavailableException("loyalty", "it did not take note of the order");
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
