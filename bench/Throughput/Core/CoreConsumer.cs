using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Messaging.Consuming;

namespace Faultline.Bench.Throughput.Core;

/// <summary>The consuming side.</summary>
internal sealed class CoreConsumer(CoreService service) : IConsumerSide
{
    public Task Failure => service.Failure;

    public static async Task<CoreConsumer> OpenAsync(RoleSetup setup, DeliveryLog deliveries, bool audit, bool entityFramework, CancellationToken stop)
    {
        var handling = new OrdersInHand(deliveries);
        var handlers = new HandlerTable();
        if (entityFramework) handlers.Add(new EntityShipmentHandler(handling));
        else handlers.Add(new ShipmentHandler(handling));
        var part = new CoreService.Part(setup.Servers.Consumer(), new ConsumerOptions().WorkersMax, audit, handlers, store => new TimedStore(store, handling));
        CoreService service = await CoreService.OpenAsync(CoreService.Consumer, part, setup, stop);
        service.Start();
        return new CoreConsumer(service);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();
}
