using Faultline.Bench.Throughput.Business;
using Faultline.Hosting.Data;
using Faultline.Messaging.Consuming;

namespace Faultline.Bench.Throughput.Core;

/// <summary>Notes a shipment through Entity Framework, as most handlers of services do.</summary>
internal sealed class EntityShipmentHandler(OrdersInHand orders) : IHandler<OrderPlaced>
{
    private readonly DbContexts<ShippingDb> _contexts = new();

    public Task HandleAsync(OrderPlaced message, Handling handling, CancellationToken stop)
    {
        orders.Take(handling.Message.Id, message);
        _contexts.For(handling.Unit).Shipments.Add(new Shipment { OrderId = message.OrderId, Customer = message.Customer, Number = message.Number });
        return Task.CompletedTask;
    }
}
