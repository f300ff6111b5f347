using System.Threading.Channels;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;

namespace Faultline.Messaging.Transport;

/// <summary>What a transport promises, and what it does not. The conformance suite reads these; the core relies on nothing else.</summary>
public sealed record TransportTraits
{
    /// <summary>Messages of one key that were sent one after the other (each confirmed before the next) are delivered in that order within a partition, also after a redelivery.</summary>
    public required bool OrdersByKey { get; init; }

    /// <summary>A delivery says whether it may have been delivered before.</summary>
    public required bool FlagsRedelivery { get; init; }

    /// <summary>Queues that vanish with their owner.</summary>
    public required bool TemporaryQueues { get; init; }

    /// <summary>Logs of events that can be read from any offset: the transport is also an <c>IEventStreams</c>.</summary>
    public bool Streams { get; init; }

    /// <summary>How many sends are worth having under way at once.</summary>
    public required int SendsInFlight { get; init; }
}

/// <summary>What became of one message that was sent.</summary>
public enum SendOutcome
{
    /// <summary>The broker has it in every bound queue, durably.</summary>
    Confirmed,

    /// <summary>The broker refused it for now; to be sent again.</summary>
    Refused,

    /// <summary>No queue is bound for its type: an error, not a loss.</summary>
    Unroutable,
}

/// <summary>
/// A broker, as the core sees it. All members are thread-safe. A method that throws <see cref="TransportException"/> leaves the outcome unknown:
/// a message may have been sent. The transport reconnects by itself.
/// </summary>
public interface ITransport : IAsyncDisposable
{
    /// <summary>The name that a person uses, for example <c>postgresql</c>.</summary>
    string Name { get; }

    /// <summary>What it promises.</summary>
    TransportTraits Traits { get; }

    /// <summary>Creates what is missing of exchanges, queues and bindings, and removes bindings that are declared no more. Idempotent; safe when several do it at once.</summary>
    /// <param name="topology">All of the system.</param>
    /// <param name="stop">Ends the wait.</param>
    Task DeclareAsync(SystemTopology topology, CancellationToken stop);

    /// <summary>Sends messages to the exchange of their publisher, and returns when the broker has answered for each.</summary>
    /// <param name="batch">At least one message.</param>
    /// <param name="stop">Ends the wait; outcomes are unknown then.</param>
    /// <returns>One outcome for each message, in the same order.</returns>
    /// <exception cref="TransportException">The connection broke; every message of the batch may or may not have arrived.</exception>
    Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop);

    /// <summary>Joins the consumers of a service's queue.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    /// <param name="instance">The name of this instance, for people.</param>
    /// <param name="unsettledMax">At most this many deliveries are handed out and not yet settled.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<ISubscription> SubscribeAsync(string service, string instance, int unsettledMax, CancellationToken stop);

    /// <summary>Sends a message to every instance of a service that has a temporary queue now. At most once; nobody confirms.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    /// <param name="message">The message.</param>
    /// <param name="stop">Ends the wait.</param>
    Task BroadcastAsync(string service, Envelope message, CancellationToken stop);

    /// <summary>Opens a temporary queue for the broadcasts to a service. It vanishes with this process, however that ends.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    /// <param name="instance">The name of this instance, for people.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<ITemporaryQueue> OpenTemporaryQueueAsync(string service, string instance, CancellationToken stop);

    /// <summary>How many messages stand in a service's queue, those delivered and not yet acknowledged included.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<QueueDepth> DepthAsync(string service, CancellationToken stop);
}

/// <summary>The size of a queue at one moment.</summary>
/// <param name="Messages">All that are not acknowledged.</param>
/// <param name="OldestAge">How long the oldest has been there; zero when empty.</param>
public readonly record struct QueueDepth(long Messages, TimeSpan OldestAge);

/// <summary>A queue of one instance that vanishes with it.</summary>
public interface ITemporaryQueue : IAsyncDisposable
{
    /// <summary>What arrives. Completes when the queue is disposed. A gap after a reconnect is possible: broadcasts are at most once.</summary>
    ChannelReader<Envelope> Messages { get; }
}

/// <summary>A place among the consumers of a queue. What happens is told in <see cref="Events"/>; its members are thread-safe.</summary>
public interface ISubscription : IAsyncDisposable
{
    /// <summary>What happens, in order. Completes when the subscription is disposed.</summary>
    ChannelReader<SubscriptionEvent> Events { get; }

    /// <summary>Settles deliveries for good. Settling twice, or after the partition went elsewhere, does no harm.</summary>
    /// <param name="deliveries">What is done.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="TransportException">The broker was not reached; they will be delivered again.</exception>
    Task AckAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop);

    /// <summary>Gives deliveries back: they are delivered again, at their old place, marked as redelivered.</summary>
    /// <param name="deliveries">What was not handled.</param>
    /// <param name="stop">Ends the wait.</param>
    Task RequeueAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop);

    /// <summary>Answers <see cref="SubscriptionEvent.Revoking"/>: nothing of the partition is in hand any more, another instance may have it.</summary>
    /// <param name="partition">Which.</param>
    /// <param name="stop">Ends the wait.</param>
    Task ReleaseAsync(int partition, CancellationToken stop);
}

/// <summary>What a subscription tells.</summary>
public abstract record SubscriptionEvent
{
    private SubscriptionEvent()
    {
    }

    /// <summary>The partition is this instance's now; its deliveries follow.</summary>
    /// <param name="Partition">From 0.</param>
    public sealed record Gained(int Partition) : SubscriptionEvent;

    /// <summary>Somebody else should have the partition: no further deliveries come; finish what is in hand, then call <see cref="ISubscription.ReleaseAsync"/>.</summary>
    /// <param name="Partition">From 0.</param>
    public sealed record Revoking(int Partition) : SubscriptionEvent;

    /// <summary>The partition is gone (lease over, connection lost): what is in hand of it will be delivered again, here or elsewhere. Do not release.</summary>
    /// <param name="Partition">From 0.</param>
    public sealed record Lost(int Partition) : SubscriptionEvent;

    /// <summary>Messages, in the order of the queue within each partition.</summary>
    /// <param name="Deliveries">At least one.</param>
    public sealed record Delivered(IReadOnlyList<Delivery> Deliveries) : SubscriptionEvent;
}

/// <summary>One message handed out by a transport.</summary>
/// <param name="Tag">Identifies the delivery to the transport; the same message has the same tag when it is delivered again.</param>
/// <param name="Partition">The partition that it belongs to.</param>
/// <param name="Redelivered">Whether it may have been handed out before, here or elsewhere.</param>
/// <param name="Message">The message; null when what arrived cannot be read as one.</param>
/// <param name="Malformed">Why it cannot be read; null when it can.</param>
/// <param name="Raw">For a malformed one: its bytes, kept for the dead letters.</param>
public sealed record Delivery(long Tag, int Partition, bool Redelivered, Envelope? Message, string? Malformed = null, ReadOnlyMemory<byte> Raw = default);

/// <summary>The broker could not be reached, or the connection broke; what was asked may or may not have happened.</summary>
public sealed class TransportException : Exception
{
    /// <summary>Creates it.</summary>
    /// <param name="message">What was tried.</param>
    /// <param name="cause">What the client library said.</param>
    public TransportException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
