using Faultline.Messaging.Transport;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>What a subscription's loop is asked, and what it is told.</summary>
internal abstract record SubscriptionRequest
{
    /// <summary>Completes when it is done.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Settle these.</summary>
    public sealed record Ack(IReadOnlyList<Delivery> Deliveries) : SubscriptionRequest;

    /// <summary>Hand these out again.</summary>
    public sealed record Requeue(IReadOnlyList<Delivery> Deliveries) : SubscriptionRequest;

    /// <summary>Give a partition up.</summary>
    public sealed record Release(int Partition) : SubscriptionRequest;

    /// <summary>Another session has notified the queue.</summary>
    /// <param name="Signal">What it said.</param>
    public sealed record Heard(string Signal) : SubscriptionRequest;

    /// <summary>The connection on which a session hears has broken.</summary>
    /// <param name="Session">Which session; an earlier one is none of the present one's business.</param>
    /// <param name="Why">What the client library said.</param>
    public sealed record Deaf(int Session, Exception Why) : SubscriptionRequest;
}
