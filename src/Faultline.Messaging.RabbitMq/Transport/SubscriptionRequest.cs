using Faultline.Messaging.Transport;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>What a caller asks of a subscription's loop.</summary>
internal abstract record SubscriptionRequest : Happening
{
    /// <summary>Completes when it is done.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Settle these.</summary>
    public sealed record Ack(IReadOnlyList<Delivery> Deliveries) : SubscriptionRequest;

    /// <summary>Hand these out again.</summary>
    public sealed record Requeue(IReadOnlyList<Delivery> Deliveries) : SubscriptionRequest;

    /// <summary>Give a partition up.</summary>
    public sealed record Release(int Partition) : SubscriptionRequest;
}
