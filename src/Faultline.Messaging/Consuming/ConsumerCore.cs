using Faultline.Messaging.Retry;
using Faultline.Messaging.Store;

namespace Faultline.Messaging.Consuming;

/// <summary>The guards that a consumer's decisions depend on, as they are at one step.</summary>
/// <param name="Ordering">Lanes are kept.</param>
/// <param name="Retry">Failed messages are tried again.</param>
/// <param name="DeadLetter">Exhausted messages are kept.</param>
/// <param name="Outbox">What a handler publishes is stored with its effect. Without it each message is handled by itself: what goes wrong after the commit then costs the messages of one handler, not of a batch.</param>
internal readonly record struct ConsumerGuards(bool Ordering, bool Retry, bool DeadLetter, bool Outbox);

/// <summary>
/// Decides what a consumer does: a pure step function (state, event → state, effects) without clock, store, broker or chance of its own. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>Messages of one key form a lane. Nothing of a lane is handled while its head is absent (lost on the way, held back) or while the key has parked rows: deliveries then go
/// behind them. Many lanes share one transaction; when that fails, its messages are handled alone, and only a failure while alone counts against a message.</para>
/// <para>A partition's lanes move only while this instance owns it, with an epoch that each transaction checks.</para>
/// </remarks>
internal sealed partial class ConsumerCore(ConsumerOptions options, Func<Item, double> chance)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);
    private const int StoreAwaysMax = 5;

    private readonly Dictionary<int, Holding> _holdings = [];
    private readonly Dictionary<string, Lane> _lanes = [];
    private readonly HashSet<Lane> _parked = [];
    private readonly Dictionary<long, Item> _byTag = [];
    private readonly Queue<Lane> _ready = new();
    private readonly Dictionary<ConsumerEffect.Handle, List<(Lane Lane, int Count)>> _batches = [];
    private readonly List<int> _toTake = [];
    private readonly List<Item> _injected = [];
    private readonly List<ConsumerEffect> _effects = [];
    private bool _taking;
    private bool _stopping;
    private bool _exclusive;
    private bool _exclusiveWanted;
    private int _failures;
    private long _unordered;
    private DateTimeOffset _pausedUntil;
    private DateTimeOffset _takeAt;
    private ConsumerGuards _guards;

    /// <summary>A partition in this instance's hands.</summary>
    private sealed class Holding
    {
        public long? Epoch { get; set; }

        public bool IsRevoking { get; set; }

        public bool CanHandle => Epoch is not null && !IsRevoking;
    }

    /// <summary>Deliveries and parked rows in hand.</summary>
    public int InHand => _byTag.Count + _injected.Count;

    /// <summary>Whether it was told to stop, and everything that was in hand has come to its end.</summary>
    public bool IsStopped => _stopping && _holdings.Count == 0 && _batches.Count == 0;

    /// <summary>Takes one event.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="guards">The guards as they are now.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is to be done.</returns>
    public IReadOnlyList<ConsumerEffect> Step(ConsumerEvent happened, ConsumerGuards guards, DateTimeOffset now)
    {
        _guards = guards;
        switch (happened)
        {
            case ConsumerEvent.Tick: break;
            case ConsumerEvent.Gained gained: Gain(gained.Partition); break;
            case ConsumerEvent.Revoking revoking: Revoke(revoking.Partition); break;
            case ConsumerEvent.Lost lost: Lose(lost.Partition); break;
            case ConsumerEvent.Taken taken: Take(taken); break;
            case ConsumerEvent.TakeFailed failed: TakeLater(failed.Partitions, Pause(now)); _taking = false; break;
            case ConsumerEvent.Delivered delivered: foreach (Item item in delivered.Items) Arrive(item); break;
            case ConsumerEvent.Released released: released.Item.IsAbsent = false; Wake(released.Item); break;
            case ConsumerEvent.BatchEnded ended: EndBatch(ended, now); break;
            case ConsumerEvent.Settled settled: EndSettle(settled.Settle, now); break;
            case ConsumerEvent.SettleFailed failed: EndFailedSettle(failed.Settle, now); break;
            case ConsumerEvent.ParkedRead read: TakeParked(read, now); break;
            case ConsumerEvent.ParkedReadFailed failed: FailParkedRead(failed.Lane, now); break;
            case ConsumerEvent.LanesMayHaveChanged: if (_holdings.Count > 0) _effects.Add(new ConsumerEffect.ReadLanes([.. _holdings.Keys])); break;
            case ConsumerEvent.Stopping: Stop(); break;
            case ConsumerEvent.LanesRead read: TakeLanes(read.Lanes); break;
            default: throw new System.Diagnostics.UnreachableException();
        }

        Decide(now);
        ConsumerEffect[] effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    private void Gain(int partition)
    {
        if (_stopping) return;
        // Gained again without having been lost: the broker knows best, and the epoch is raised once more.
        _holdings[partition] = new Holding();
        _toTake.Add(partition);
    }

    private void Take(ConsumerEvent.Taken taken)
    {
        _taking = false;
        _failures = 0;
        foreach (int partition in taken.Partitions)
        {
            if (!_holdings.TryGetValue(partition, out Holding? holding) || !taken.Ownership.Epochs.TryGetValue(partition, out long epoch)) continue;
            holding.Epoch = epoch;
            foreach (Lane lane in _lanes.Values.Where(lane => lane.Partition == partition)) Queue(lane);
        }

        foreach (ParkedLane parked in taken.Ownership.Parked.Where(parked => _holdings.ContainsKey(parked.Partition))) OpenParked(parked, parked.DueAt).IsSuspect = true;
    }

    private void TakeLanes(IReadOnlyList<ParkedLane> lanes)
    {
        foreach (ParkedLane parked in lanes.Where(parked => _holdings.ContainsKey(parked.Partition)))
        {
            if (!_lanes.TryGetValue(ParkedName(parked), out Lane? lane) || lane.Parked is null) OpenParked(parked, parked.DueAt);
        }
    }

    private Lane OpenParked(ParkedLane parked, DateTimeOffset dueAt)
    {
        Lane lane = LaneOf(ParkedName(parked), parked.Partition);
        bool isFirst = lane.Parked is null;
        lane.Parked ??= parked;
        _parked.Add(lane);
        if (isFirst || dueAt < lane.DueAt) lane.DueAt = dueAt;
        // A read that began before this row was written may come back without it.
        lane.NeedsReadAgain |= lane.IsReading;
        return lane;
    }

    private void CloseParked(Lane lane)
    {
        lane.Parked = null;
        lane.IsSuspect = false;
        lane.NeedsReadAgain = false;
        _parked.Remove(lane);
    }

    private void TakeLater(IEnumerable<int> partitions, DateTimeOffset at)
    {
        _takeAt = at;
        _toTake.AddRange(partitions.Where(partition => _holdings.ContainsKey(partition) && !_toTake.Contains(partition)));
    }

    /// <summary>All partitions are given up in the way in which one is: what is being handled is finished and settled, what waits is the next owner's.</summary>
    private void Stop()
    {
        _stopping = true;
        _injected.Clear();
        foreach (int partition in _holdings.Keys) Revoke(partition);
    }

    private void Revoke(int partition)
    {
        if (!_holdings.TryGetValue(partition, out Holding? holding)) return;
        holding.IsRevoking = true;
        DropWaiting(partition);
    }

    private void Lose(int partition)
    {
        _holdings.Remove(partition);
        _toTake.Remove(partition);
        foreach (Item item in _lanes.Values.Where(lane => lane.Partition == partition).SelectMany(lane => lane.Items)) item.IsStale = true;
        DropWaiting(partition);
    }

    /// <summary>Forgets what is not being handled: whoever owns the partition next gets it from the broker and from the parked rows.</summary>
    private void DropWaiting(int partition)
    {
        foreach (Lane lane in _lanes.Values.Where(lane => lane.Partition == partition).ToArray())
        {
            while (lane.Items.Count > lane.InFlight && !lane.IsAppending) Forget(lane, lane.Items.Last!.Value);
            if (!lane.IsHandlingParked) lane.Due.Clear();
            CloseParked(lane);
            RemoveWhenEmpty(lane);
        }
    }

    private void Arrive(Item item)
    {
        if (item.IsInjected)
        {
            if (!_stopping) _injected.Add(item);
            return;
        }

        // What comes after the partition went is the next owner's.
        if (!_holdings.TryGetValue(item.Partition, out Holding? holding) || holding.IsRevoking) return;

        if (item.Delivery is { } delivery && _byTag.TryGetValue(delivery.Tag, out Item? known) && known.IsAbsent)
        {
            Replace(known, item, delivery.Tag);
            return;
        }

        Lane lane = LaneOf(NameOf(item), item.Partition);
        lane.Items.AddLast(item);
        // A delivery may come again while its item is still being settled: the one that waits for it is the one to be found.
        if (item.Delivery is { } first && (item.IsAbsent || !_byTag.ContainsKey(first.Tag))) _byTag[first.Tag] = item;
        Queue(lane);
    }

    /// <summary>Puts what has come again into the place of what was absent: the same object that whoever holds it back will release.</summary>
    private void Replace(Item absent, Item item, long tag)
    {
        Lane lane = _lanes[NameOf(absent)];
        item.LaneName = absent.LaneName;
        item.IsAlone |= absent.IsAlone;
        item.IsSuspect |= absent.IsSuspect;
        lane.Items.Find(absent)!.Value = item;
        _byTag[tag] = item;
        Queue(lane);
    }

    private void Wake(Item item)
    {
        if (_lanes.TryGetValue(NameOf(item), out Lane? lane)) Queue(lane);
    }

    private string NameOf(Item item)
    {
        if (item.LaneName is { } name) return name;
        return item.LaneName =
            item.Message is not { } message ? $"tag:{item.Delivery?.Tag}"
            : message.Key is null ? $"id:{message.Id}"
            : _guards.Ordering ? $"key:{message.Key}"
            // The mistake of this guard: every message is a lane of its own, and overtakes as it likes.
            : $"free:{_unordered++}";
    }

    private static string ParkedName(ParkedLane parked) => parked.Key is null ? $"id:{parked.MessageId}" : $"key:{parked.Key}";

    private Lane LaneOf(string name, int partition)
    {
        if (!_lanes.TryGetValue(name, out Lane? lane)) _lanes.Add(name, lane = new Lane(name, partition));
        return lane;
    }

    private void Queue(Lane lane)
    {
        if (lane.IsQueued || lane.InFlight > 0 || lane.Items.Count == 0) return;
        lane.IsQueued = true;
        _ready.Enqueue(lane);
    }

    private void Forget(Lane lane, Item item)
    {
        lane.Items.Remove(item);
        if (item.Delivery is { } delivery && _byTag.TryGetValue(delivery.Tag, out Item? known) && known == item) _byTag.Remove(delivery.Tag);
    }

    private void RemoveWhenEmpty(Lane lane)
    {
        if (!lane.IsEmpty) return;
        _lanes.Remove(lane.Name);
    }

    private DateTimeOffset Pause(DateTimeOffset now)
    {
        double factor = Math.Pow(2, Math.Min(_failures++, 20));
        return _pausedUntil = now + TimeSpan.FromTicks((long)Math.Min(PauseMin.Ticks * factor, PauseMax.Ticks));
    }

    private RetryDecision DecideRetry(Item item, string reason, bool isLasting) => RetryPolicy.Decide(item.Attempt, isLasting, reason, chance(item), options.Retry);
}
