using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Publishing;
using Npgsql;

namespace Faultline.Bench.Throughput.Core;

/// <summary>The producing side: a unit of work for each order, as an endpoint would run it.</summary>
internal sealed class CoreProducer(CoreService service) : IProducerSide
{
    private const string InsertOrder = "insert into orders (id, customer, number, note) values ($1, $2, $3, $4)";

    private static readonly Origin Request = new();

    public Task Failure => service.Failure;

    public static async Task<CoreProducer> OpenAsync(RoleSetup setup, bool audit, CancellationToken stop)
    {
        var part = new CoreService.Part(setup.Servers.Producer(), setup.Producers, audit, new HandlerTable(), store => store);
        return new CoreProducer(await CoreService.OpenAsync(CoreService.Producer, part, setup, stop));
    }

    public async ValueTask CommitAsync(int producer, OrderPlaced order, CancellationToken stop) => await service.Units.RunAsync(Request, (unit, _) =>
    {
        unit.Defer(new NpgsqlBatchCommand(InsertOrder)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = order.OrderId },
                new NpgsqlParameter<string> { TypedValue = order.Customer },
                new NpgsqlParameter<long> { TypedValue = order.Number },
                new NpgsqlParameter<string> { TypedValue = order.Note },
            },
        });
        return Task.FromResult(unit.Publish(order));
    }, stop);

    public Task StartRelayAsync(CancellationToken stop)
    {
        service.Start();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();
}
