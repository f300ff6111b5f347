using System.Collections.Concurrent;
using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Messaging.Store;

namespace Faultline.Bench.Throughput.Core;

/// <summary>Orders between their handler and their commit, so that the moment of the commit can be told without reading the bodies again. Thread-safe.</summary>
internal sealed class OrdersInHand(DeliveryLog deliveries)
{
    private readonly ConcurrentDictionary<Guid, OrderPlaced> _orders = new();

    /// <summary>A handler has this order now; after a failure it comes again.</summary>
    public void Take(Guid messageId, OrderPlaced order) => _orders[messageId] = order;

    /// <summary>The transaction that handled these is committed.</summary>
    public void Committed(IReadOnlyList<HandledMessage> handled)
    {
        foreach (HandledMessage message in handled)
        {
            if (_orders.TryRemove(message.Message.Id, out OrderPlaced? order)) deliveries.Committed(order);
        }
    }
}
