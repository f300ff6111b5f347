using Faultline.Anomalies;
using Faultline.Protocol.Faults;

namespace RabbitMqOrders;

/// <summary>The steps of this service at which a fault can act. Each names what the code that passes it honours; anything else is refused when somebody asks for it.</summary>
internal static class OrderPoints
{
    public static readonly FaultPoint PublishBefore = OwnPoint.Declare("orders.publish.before", "the order is about to be sent to the broker", FaultKinds.Drop, FaultKinds.Duplicate, FaultKinds.Corrupt);

    public static readonly FaultPoint ConfirmBefore = OwnPoint.Declare("orders.confirm.before", "the order is sent, the broker's confirm has not arrived", FaultKinds.Drop);

    public static readonly FaultPoint ReceiveAfter = OwnPoint.Declare("kitchen.receive.after", "the order has arrived at the kitchen, nothing is cooked", FaultKinds.Drop, FaultKinds.Duplicate, FaultKinds.Corrupt);

    public static readonly FaultPoint AckBefore = OwnPoint.Declare("kitchen.ack.before", "the meal is cooked and noted, the broker does not know yet", FaultKinds.Drop);

    public static IReadOnlyList<FaultPoint> All { get; } = [PublishBefore, ConfirmBefore, ReceiveAfter, AckBefore];
}
