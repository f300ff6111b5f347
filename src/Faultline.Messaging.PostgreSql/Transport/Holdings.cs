using Faultline.Messaging.Transport;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// What a subscription has: its partitions, how far each is read, and which messages are handed out. Pure memory, used by the subscription's loop alone.
/// </summary>
/// <remarks>
/// A partition is read by a cursor. Nothing becomes visible behind it: senders draw the ids of a partition under its lock, which they hold until their commit.
/// </remarks>
internal sealed class Holdings(int unsettledMax)
{
    private readonly SortedDictionary<int, Partition> _partitions = [];
    private readonly Dictionary<long, Held> _held = [];
    private readonly Dictionary<long, int> _claims = [];
    private readonly List<long> _settledClaims = [];
    private int _inHand;
    private int _turn;

    /// <summary>The partitions that this subscription has, revoked ones included.</summary>
    public IReadOnlyCollection<int> Partitions => _partitions.Keys;

    /// <summary>Those that it is giving up.</summary>
    public IReadOnlySet<int> Revoking => _partitions.Values.Where(partition => partition.Revoking).Select(partition => partition.Number).ToHashSet();

    /// <summary>How many deliveries may still be handed out.</summary>
    public int Demand => unsettledMax - _inHand;

    /// <summary>Starts with a partition, from its beginning.</summary>
    public void Gain(TakenPartition taken)
    {
        Must.Hold(!_partitions.ContainsKey(taken.Partition));
        _partitions[taken.Partition] = new Partition(taken) { MayHaveMore = true };
    }

    /// <summary>Hands out nothing more of a partition.</summary>
    public void Revoke(int partition) => _partitions[partition].Revoking = true;

    /// <summary>Forgets a partition, and says what of it was handed out and not settled. False when it is not here.</summary>
    public bool Drop(int partition, List<(int Partition, long Id)> unsettled)
    {
        if (!_partitions.Remove(partition)) return false;

        foreach ((long tag, Held held) in _held.Where(entry => entry.Value.Delivery.Partition == partition).ToList())
        {
            unsettled.Add((partition, tag));
            Forget(tag, held);
        }

        return true;
    }

    /// <summary>Notes that a partition may have new messages.</summary>
    public void Wake(int partition)
    {
        if (_partitions.TryGetValue(partition, out Partition? state)) state.MayHaveMore = true;
    }

    /// <summary>Notes that all may have.</summary>
    public void WakeAll()
    {
        foreach (Partition partition in _partitions.Values) partition.MayHaveMore = true;
    }

    /// <summary>A message is done; no harm when it is not in hand.</summary>
    public void Settle(long tag)
    {
        if (!_held.TryGetValue(tag, out Held? held)) return;

        if (_partitions.TryGetValue(held.Delivery.Partition, out Partition? partition)) partition.Again.Remove(tag);
        Forget(tag, held);
    }

    /// <summary>A message comes back; it will be handed out again before later ones of its partition.</summary>
    public void Requeue(long tag)
    {
        if (!_held.TryGetValue(tag, out Held? held) || !held.InHand) return;

        held.InHand = false;
        _inHand--;
        _partitions[held.Delivery.Partition].Again.Add(tag);
    }

    /// <summary>The claims of which everything is settled; each is told once.</summary>
    public long[] TakeSettledClaims()
    {
        long[] taken = [.. _settledClaims];
        _settledClaims.Clear();
        return taken;
    }

    /// <summary>Hands out again what came back, in the order of the queue, as far as the demand goes.</summary>
    public IReadOnlyList<Delivery> TakeAgain()
    {
        List<Delivery> again = [];
        foreach (Partition partition in _partitions.Values.Where(partition => !partition.Revoking))
        {
            while (Demand > 0 && partition.Again.Count > 0)
            {
                long tag = partition.Again.Min;
                partition.Again.Remove(tag);
                Held held = _held[tag];
                (held.InHand, held.Delivery) = (true, held.Delivery with { Redelivered = true });
                _inHand++;
                again.Add(held.Delivery);
            }
        }

        return again;
    }

    /// <summary>What to read now; empty when there is no demand, or nothing to expect. What is woken from now on is read again.</summary>
    /// <param name="rowsMax">At most so many rows in all.</param>
    public IReadOnlyList<FetchRange> TakeRanges(int rowsMax)
    {
        Partition[] partitions = [.. _partitions.Values.Where(partition => partition.IsOpen && partition.MayHaveMore)];
        int rows = Math.Min(Demand, rowsMax);
        List<FetchRange> ranges = [];
        if (rows <= 0 || partitions.Length == 0) return ranges;

        // Each gets an equal part; where there are fewer rows than partitions they take turns.
        for (int index = 0; index < Math.Min(rows, partitions.Length); index++)
        {
            Partition partition = partitions[(_turn + index) % partitions.Length];
            partition.MayHaveMore = false;
            ranges.Add(new FetchRange(partition.Number, partition.Cursor, (rows / partitions.Length) + (index < rows % partitions.Length ? 1 : 0)));
        }

        _turn = (_turn + ranges.Count) % partitions.Length;
        return ranges;
    }

    /// <summary>Takes what was read, and says what is to be handed out, in the order of the queue.</summary>
    /// <param name="claim">The number under which the rows were claimed.</param>
    /// <param name="ranges">What was read.</param>
    /// <param name="rows">What was found.</param>
    public IReadOnlyList<Delivery> Accept(long claim, IReadOnlyList<FetchRange> ranges, IReadOnlyList<Delivery> rows)
    {
        foreach (FetchRange range in ranges)
        {
            if (rows.Count(row => row.Partition == range.Partition) == range.RowsMax) _partitions[range.Partition].MayHaveMore = true;
        }

        if (rows.Count == 0) return [];

        List<Delivery> accepted = [];
        foreach (Delivery row in rows.OrderBy(row => row.Tag))
        {
            Partition partition = _partitions[row.Partition];
            Delivery delivery = row with { Redelivered = partition.Suspects.Remove(row.Tag) || row.Tag <= partition.SuspectUntil };
            _held.Add(row.Tag, new Held(delivery, claim));
            partition.Cursor = row.Tag;
            accepted.Add(delivery);
        }

        _inHand += accepted.Count;
        _claims[claim] = accepted.Count;
        Must.Hold(_inHand <= unsettledMax);
        return accepted;
    }

    private void Forget(long tag, Held held)
    {
        _held.Remove(tag);
        if (held.InHand) _inHand--;
        if (--_claims[held.Claim] > 0) return;

        _claims.Remove(held.Claim);
        _settledClaims.Add(held.Claim);
    }

    private sealed class Held(Delivery delivery, long claim)
    {
        public Delivery Delivery { get; set; } = delivery;

        public long Claim { get; } = claim;

        public bool InHand { get; set; } = true;
    }

    private sealed class Partition(TakenPartition taken)
    {
        public int Number { get; } = taken.Partition;

        public long SuspectUntil { get; } = taken.SuspectUntil;

        public HashSet<long> Suspects { get; } = taken.Suspects;

        public SortedSet<long> Again { get; } = [];

        public long Cursor { get; set; }

        public bool MayHaveMore { get; set; }

        public bool Revoking { get; set; }

        /// <summary>Later messages wait until what came back is handed out again.</summary>
        public bool IsOpen => !Revoking && Again.Count == 0;
    }
}
