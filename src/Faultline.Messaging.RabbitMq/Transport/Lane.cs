using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>How far this member is with a partition.</summary>
internal enum LaneState
{
    /// <summary>Another has the baton.</summary>
    Waiting,

    /// <summary>The baton is here, and the queue is not read yet, or no more.</summary>
    Closed,

    /// <summary>The queue is read.</summary>
    Open,

    /// <summary>Nothing more is handed out; what is in hand is being finished.</summary>
    Revoking,

    /// <summary>It is being given back.</summary>
    Releasing,
}

/// <summary>A message that the broker has delivered and that is not settled.</summary>
internal sealed class Held(Delivery delivery, ulong number, long place, DateTimeOffset? sentAt)
{
    public Delivery Delivery { get; set; } = delivery;

    /// <summary>The number of the delivery on its channel.</summary>
    public ulong Number { get; } = number;

    /// <summary>Its place in the order of the queue.</summary>
    public long Place { get; } = place;

    public DateTimeOffset? SentAt { get; } = sentAt;
}

/// <summary>One partition of a subscription, in memory: what was delivered, what is handed out, what came back. Used by the subscription's loop alone.</summary>
internal sealed class Lane(int partition)
{
    private readonly Dictionary<long, Held> _byTag = [];
    private readonly SortedSet<ulong> _open = [];
    private readonly HashSet<long> _inHand = [];
    private long _places;

    public int Partition { get; } = partition;

    public LaneState State { get; set; }

    /// <summary>The channel that reads the queue.</summary>
    public IChannel? Channel { get; set; }

    /// <summary>The broker was asked to tell when everything has arrived that it had sent until then.</summary>
    public bool IsQuietAsked { get; set; }

    /// <summary>How many deliveries have come on this channel.</summary>
    public ulong Heard { get; set; }

    /// <summary>Tells the deliveries of this channel from those of an earlier one.</summary>
    public int Generation { get; set; }

    /// <summary>The consumer that waits for the baton, or has it.</summary>
    public string BatonConsumer { get; set; } = "";

    /// <summary>The baton in hand; 0 when it is not here.</summary>
    public ulong BatonNumber { get; set; }

    /// <summary>When the baton in hand came, as a timestamp of the clock.</summary>
    public long BatonSince { get; set; }

    /// <summary>The note of the baton in hand. What stands there must not be handed out: whoever comes next would believe that it never was.</summary>
    public HashSet<long> Note { get; set; } = [];

    /// <summary>What the last owner noted and the broker has not delivered again yet.</summary>
    public HashSet<long> Spared { get; } = [];

    /// <summary>The id of the baton that is to replace the one in hand; null when none is.</summary>
    public string? NextBaton { get; set; }

    /// <summary>The last attempt to write a note failed: then it is not insisted on.</summary>
    public bool NoteFailed { get; set; }

    /// <summary>How often the baton was passed on since something was last heard of the others.</summary>
    public int Passed { get; set; }

    /// <summary>A release that waits.</summary>
    public SubscriptionRequest? Release { get; set; }

    /// <summary>Delivered, and never handed out here.</summary>
    public SortedDictionary<long, Held> Fresh { get; } = [];

    /// <summary>Given back; to be handed out before anything later.</summary>
    public SortedDictionary<long, Held> Again { get; } = [];

    /// <summary>How many are handed out.</summary>
    public int InHand => _inHand.Count;

    /// <summary>How many are not settled.</summary>
    public int Unsettled => _byTag.Count;

    /// <summary>When the oldest that is not settled was sent.</summary>
    public DateTimeOffset? OldestSentAt => _byTag.Values.Min(held => held.SentAt);

    /// <summary>Takes a message from the broker.</summary>
    public void Accept(Arrival arrival, ulong number)
    {
        // A stranger's copies look alike; each needs a tag of its own while both are here.
        long tag = arrival.Tag;
        while (_byTag.ContainsKey(tag)) tag++;

        bool redelivered = arrival.MayBeAgain && !Spared.Contains(tag);
        Spared.Remove(tag);
        Held held = new(new Delivery(tag, Partition, redelivered, arrival.Message, arrival.Malformed, arrival.Raw), number, _places++, arrival.SentAt);
        _byTag.Add(tag, held);
        _open.Add(number);
        Fresh.Add(held.Place, held);
    }

    /// <summary>Takes the next to hand out, from what came back.</summary>
    public Delivery TakeAgain()
    {
        (long place, Held held) = Again.First();
        Again.Remove(place);
        held.Delivery = held.Delivery with { Redelivered = true };
        _inHand.Add(held.Delivery.Tag);
        return held.Delivery;
    }

    /// <summary>Takes the next to hand out, from what is new.</summary>
    public Delivery TakeFresh()
    {
        (long place, Held held) = Fresh.First();
        Fresh.Remove(place);
        Must.Hold(!Note.Contains(held.Delivery.Tag));
        _inHand.Add(held.Delivery.Tag);
        return held.Delivery;
    }

    /// <summary>A message comes back.</summary>
    public void Requeue(long tag)
    {
        if (!_inHand.Remove(tag)) return;

        Held held = _byTag[tag];
        Again.Add(held.Place, held);
    }

    /// <summary>A message is done; its number is added to those to acknowledge.</summary>
    public void Settle(long tag, List<ulong> numbers)
    {
        if (!_byTag.Remove(tag, out Held? held)) return;

        _inHand.Remove(tag);
        Fresh.Remove(held.Place);
        Again.Remove(held.Place);
        numbers.Add(held.Number);
    }

    /// <summary>How to acknowledge numbers with the fewest frames: all up to the first, and the others alone.</summary>
    public (ulong UpTo, IReadOnlyList<ulong> Alone) AcksFor(List<ulong> numbers)
    {
        numbers.Sort();
        foreach (ulong number in numbers) _open.Remove(number);
        ulong firstOpen = _open.Count == 0 ? ulong.MaxValue : _open.Min;
        int covered = numbers.FindLastIndex(number => number < firstOpen) + 1;
        return (covered == 0 ? 0 : numbers[covered - 1], numbers[covered..]);
    }

    /// <summary>Everything that was delivered is the broker's again.</summary>
    public void Clear()
    {
        _byTag.Clear();
        _open.Clear();
        _inHand.Clear();
        Fresh.Clear();
        Again.Clear();
        Spared.Clear();
    }

    /// <summary>The note that would be true if so many of the new ones were handed out.</summary>
    public HashSet<long> NoteAfter(int handedOut) => [.. Fresh.Values.Skip(handedOut).Select(held => held.Delivery.Tag), .. Spared];
}
