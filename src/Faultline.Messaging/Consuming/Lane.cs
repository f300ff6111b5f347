using Faultline.Messaging.Store;

namespace Faultline.Messaging.Consuming;

/// <summary>The messages of one key in the hands of a consumer, in their order. Owned by <see cref="ConsumerCore"/>.</summary>
internal sealed class Lane(string name, int partition)
{
    /// <summary>Identifies the lane.</summary>
    public string Name { get; } = name;

    /// <summary>The partition of its key.</summary>
    public int Partition { get; } = partition;

    /// <summary>What the broker delivered, oldest first.</summary>
    public LinkedList<Item> Items { get; } = new();

    /// <summary>Parked rows that are due, oldest first.</summary>
    public Queue<Item> Due { get; } = new();

    /// <summary>How many of the first items are being handled or settled now.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether the lane stands in the queue of those that can go on.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Where its parked rows are; null when it has none, and then deliveries are handled directly.</summary>
    public ParkedLane? Parked { get; set; }

    /// <summary>Whether its parked rows were there before this instance owned them: their handling may have ended a process.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>When the oldest parked row is due.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>Whether its parked rows are being read.</summary>
    public bool IsReading { get; set; }

    /// <summary>Whether deliveries are being put behind its parked rows.</summary>
    public bool IsAppending { get; set; }

    /// <summary>Whether a row was parked that the read under way may have missed.</summary>
    public bool NeedsReadAgain { get; set; }

    /// <summary>Whether a parked row of it is being handled or settled.</summary>
    public bool IsHandlingParked { get; set; }

    /// <summary>Whether nothing of it is under way.</summary>
    public bool IsStill => InFlight == 0 && !IsReading && !IsAppending && !IsHandlingParked;

    /// <summary>Whether nothing is left of it.</summary>
    public bool IsEmpty => IsStill && Items.Count == 0 && Due.Count == 0 && Parked is null;
}
