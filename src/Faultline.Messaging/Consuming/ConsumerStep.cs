using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.Consuming;

/// <summary>One message in the hands of a consumer. Mutable; owned by the core, which is single-threaded.</summary>
internal sealed class Item
{
    /// <summary>The delivery that it came with; null for a parked message and for one that a storm injected here.</summary>
    public Delivery? Delivery { get; set; }

    /// <summary>The row that it came from; null for a delivery.</summary>
    public ParkedRow? Parked { get; init; }

    /// <summary>The message; null when what arrived cannot be read as one.</summary>
    public Envelope? Message { get; set; }

    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>It is on its way here again (lost, held back, or asked for again): its place in the order is kept, nothing of its key goes first.</summary>
    public bool IsAbsent { get; set; }

    /// <summary>The lane that it was put into; decided once.</summary>
    public string? LaneName { get; set; }

    /// <summary>It must be handled in a transaction of its own.</summary>
    public bool IsAlone { get; set; }

    /// <summary>A process may have died while it handled this message: it is handled with nothing else beside it, and counted, so that another death has one cause.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>The partition went elsewhere while the item was being handled: if that fails, the item comes again by itself.</summary>
    public bool IsStale { get; set; }

    /// <summary>How many times in a row the store was away while the item was handled alone.</summary>
    public int StoreAways { get; set; }

    /// <summary>Handlings of it alone that this process began, and that stand in the store still: the process lives, so they are no deaths.</summary>
    public int BegunAlone { get; set; }

    /// <summary>Whether a storm injected it: handled, rolled back, counted.</summary>
    public bool IsInjected { get; init; }

    /// <summary>Why it goes straight to the dead letters; null for a message that can be handled.</summary>
    public string? Poison { get; set; }

    /// <summary>How it failed in a batch with others: it is settled for that when its turn comes; null when it did not.</summary>
    public BatchEnd.Failed? Failure { get; set; }

    /// <summary>A fault has its handler skipped and reported as done; also when its batch is handled again, as the fault has fired.</summary>
    public bool IsSwallowed { get; set; }

    /// <summary>Which attempt at handling comes next, counted from 1.</summary>
    public int Attempt => (Parked?.Attempt ?? 0) + 1;
}

/// <summary>How the handling of a batch ended.</summary>
internal abstract record BatchEnd
{
    /// <summary>Committed: every message is handled, or was before.</summary>
    /// <param name="Acknowledge">False when something failed after the commit: they are to be delivered again, and the inbox will know them.</param>
    internal sealed record Committed(bool Acknowledge) : BatchEnd;

    /// <summary>Undone because a message failed.</summary>
    /// <param name="Culprit">Which; null when it cannot be told.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="IsLasting">Whether trying again cannot help.</param>
    internal sealed record Failed(Item? Culprit, string Reason, bool IsLasting) : BatchEnd;

    /// <summary>Undone: another instance owns a partition.</summary>
    internal sealed record Fenced(IReadOnlyList<int> Partitions) : BatchEnd;

    /// <summary>The store could not be reached: nothing is known to be wrong with the messages.</summary>
    internal sealed record StoreAway(string Reason) : BatchEnd;
}

/// <summary>What happens to a consumer.</summary>
internal abstract record ConsumerEvent
{
    /// <summary>Time has passed, to the point that <see cref="ConsumerEffect.WakeAt"/> asked for.</summary>
    internal sealed record Tick : ConsumerEvent;

    /// <summary>A partition is this instance's.</summary>
    internal sealed record Gained(int Partition) : ConsumerEvent;

    /// <summary>A partition is to be given up.</summary>
    internal sealed record Revoking(int Partition) : ConsumerEvent;

    /// <summary>A partition is gone.</summary>
    internal sealed record Lost(int Partition) : ConsumerEvent;

    /// <summary>Partitions are owned, with these epochs.</summary>
    internal sealed record Taken(IReadOnlyList<int> Partitions, Ownership Ownership) : ConsumerEvent;

    /// <summary>Partitions could not be taken.</summary>
    internal sealed record TakeFailed(IReadOnlyList<int> Partitions) : ConsumerEvent;

    /// <summary>Messages have arrived.</summary>
    internal sealed record Delivered(IReadOnlyList<Item> Items) : ConsumerEvent;

    /// <summary>An absent item is here.</summary>
    internal sealed record Released(Item Item) : ConsumerEvent;

    /// <summary>A batch has ended.</summary>
    internal sealed record BatchEnded(ConsumerEffect.Handle Batch, BatchEnd End) : ConsumerEvent;

    /// <summary>Items are parked (and acknowledged), or are among the dead letters, or dropped.</summary>
    internal sealed record Settled(ConsumerEffect.Settle Settle) : ConsumerEvent;

    /// <summary>Settling failed; whether it happened is unknown.</summary>
    internal sealed record SettleFailed(ConsumerEffect.Settle Settle) : ConsumerEvent;

    /// <summary>Parked rows of a lane were read.</summary>
    internal sealed record ParkedRead(ParkedLane Lane, IReadOnlyList<ParkedRow> Rows) : ConsumerEvent;

    /// <summary>Parked rows could not be read.</summary>
    internal sealed record ParkedReadFailed(ParkedLane Lane) : ConsumerEvent;

    /// <summary>Somebody else may have parked rows (a person who replays dead letters); also asked from time to time, for a word that was lost.</summary>
    internal sealed record LanesMayHaveChanged : ConsumerEvent;

    /// <summary>The process is to end: nothing new is begun.</summary>
    internal sealed record Stopping : ConsumerEvent;

    /// <summary>The keys with parked rows were read.</summary>
    internal sealed record LanesRead(IReadOnlyList<ParkedLane> Lanes) : ConsumerEvent;
}

/// <summary>How an item that was not handled is settled.</summary>
internal enum SettleWay
{
    /// <summary>Wait behind the parked rows of its key.</summary>
    Append,

    /// <summary>Parked for a retry.</summary>
    Park,

    /// <summary>Moved to the dead letters.</summary>
    DeadLetter,

    /// <summary>Acknowledged and forgotten: the mistake of the <c>retry</c> guard.</summary>
    Drop,

    /// <summary>Given back at once: the mistake of the <c>dead-letter</c> guard.</summary>
    Requeue,
}

/// <summary>What a consumer wants done.</summary>
internal abstract record ConsumerEffect
{
    /// <summary>Handle messages in one transaction.</summary>
    /// <param name="Items">In order; several of one key are in their order.</param>
    /// <param name="Alone">One suspect, with nothing beside it: a crash is to be counted against it.</param>
    /// <param name="Epochs">The epochs in which this instance owns their partitions; empty when the order guard is off.</param>
    internal sealed record Handle(IReadOnlyList<Item> Items, bool Alone, IReadOnlyDictionary<int, long> Epochs) : ConsumerEffect;

    /// <summary>Settle items of one key without handling them.</summary>
    /// <param name="Items">Which, in order; more than one only for <see cref="SettleWay.Append"/>.</param>
    /// <param name="Way">How.</param>
    /// <param name="DueAt">For a retry: when.</param>
    /// <param name="Reason">Why.</param>
    internal sealed record Settle(IReadOnlyList<Item> Items, SettleWay Way, DateTimeOffset DueAt, string Reason) : ConsumerEffect;

    /// <summary>Acknowledge deliveries whose handling is committed.</summary>
    internal sealed record Ack(IReadOnlyList<Item> Items) : ConsumerEffect;

    /// <summary>Give deliveries back, to be delivered again.</summary>
    internal sealed record Requeue(IReadOnlyList<Item> Items) : ConsumerEffect;

    /// <summary>Become the owner of partitions.</summary>
    internal sealed record Take(IReadOnlyList<int> Partitions) : ConsumerEffect;

    /// <summary>Let a partition go: nothing of it is in hand.</summary>
    internal sealed record Release(int Partition) : ConsumerEffect;

    /// <summary>Read which keys have parked rows.</summary>
    internal sealed record ReadLanes(IReadOnlyList<int> Partitions) : ConsumerEffect;

    /// <summary>Read the parked rows of a lane.</summary>
    internal sealed record ReadParked(ParkedLane Lane) : ConsumerEffect;

    /// <summary>Send a <see cref="ConsumerEvent.Tick"/> at this time; replaces an earlier wish.</summary>
    internal sealed record WakeAt(DateTimeOffset Time) : ConsumerEffect;
}
