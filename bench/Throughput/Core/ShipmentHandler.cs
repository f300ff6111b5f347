using Faultline.Bench.Throughput.Business;
using Faultline.Messaging.Consuming;
using Npgsql;

namespace Faultline.Bench.Throughput.Core;

/// <summary>Notes a shipment by a statement that needs no answer.</summary>
internal sealed class ShipmentHandler(OrdersInHand orders) : IHandler<OrderPlaced>
{
    private const string Insert = "insert into shipments (order_id, customer, number) values ($1, $2, $3)";

    public Task HandleAsync(OrderPlaced message, Handling handling, CancellationToken stop)
    {
        orders.Take(handling.Message.Id, message);
        handling.Unit.Defer(new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = message.OrderId },
                new NpgsqlParameter<string> { TypedValue = message.Customer },
                new NpgsqlParameter<long> { TypedValue = message.Number },
            },
        });
        return Task.CompletedTask;
    }
}
