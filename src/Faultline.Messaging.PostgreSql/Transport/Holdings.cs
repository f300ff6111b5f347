using Faultline.Messaging.Transport;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// What a subscription has: its partitions, how far each is read, and which messages are handed out. Pure memory, used by the subscription's loop alone.
/// </summary>
/// <remarks>
/// A partition is read by a cursor. Rows can become visible behind it: of two senders at once the one with the lower ids may commit later.
/// A rescan looks behind the cursors for what is not in hand; a floor, below which every transaction is known to have ended, keeps it short.
/// </remarks>
internal sealed class Holdings(int unsettledMax)
{
    private readonly SortedDictionary<int, Partition> _partitions = [];
    private readonly Dictionary<long, Held> _held = [];
    private readonly Dictionary<long, int> _claims = [];
    private readonly List<long> _settledClaims = [];
    private int _inHand;
    private int _turnAhead;
    private int _turnBehind;
    private (long Xmax, Dictionary<int, long> Cursors)? _mark;
    private bool _markEnded;

    /// <summary>The partitions that this subscription has, revoked ones included.</summary>
    public IReadOnlyCollection<int> Partitions => _partitions.Keys;

    /// <summary>Those that it is giving up.</summary>
    public IReadOnlySet<int> Revoking => _partitions.Values.Where(partition => partition.Revoking).Select(partition => partition.Number).ToHashSet();

    /// <summary>How many deliveries may still be handed out.</summary>
    public int Demand => unsettledMax - _inHand;

    /// <summary>All messages that are handed out or wait to be handed out again.</summary>
    public long[] Known => [.. _held.Keys];

    /// <summary>Starts with a partition, from its beginning.</summary>
    public void Gain(TakenPartition taken)
    {
        Must.Hold(!_partitions.ContainsKey(taken.Partition));
        _partitions[taken.Partition] = new Partition(taken) { MayHaveMore = true };
        (_mark, _markEnded) = (null, false);
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
        if (_partitions.TryGetValue(partition, out Partition? state)) (state.MayHaveMore, state.Woken) = (true, true);
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

    /// <summary>What to read ahead of the cursors now; empty when there is no demand, or nothing to expect.</summary>
    public IReadOnlyList<FetchRange> Ahead(int rowsMax) =>
        Share(ref _turnAhead, [.. _partitions.Values.Where(partition => partition.IsOpen && partition.MayHaveMore)], rowsMax, partition => (partition.Cursor, long.MaxValue));

    /// <summary>What to read behind the cursors.</summary>
    public IReadOnlyList<FetchRange> Behind(int rowsMax) =>
        Share(ref _turnBehind, [.. _partitions.Values.Where(HasBehind)], rowsMax, partition => (partition.Floor, partition.Cursor));

    /// <summary>How many partitions a rescan has to read.</summary>
    public int BehindCount => _partitions.Values.Count(HasBehind);

    /// <summary>Notes that ranges are being read: what is woken from now on must be read again.</summary>
    public void Reading(IReadOnlyList<FetchRange> ranges)
    {
        foreach (FetchRange range in ranges.Where(range => range.Until == long.MaxValue)) _partitions[range.Partition].MayHaveMore = false;
    }

    /// <summary>Takes what was read, and says what is to be handed out, in the order of the queue.</summary>
    /// <param name="claim">The number under which the rows were claimed.</param>
    /// <param name="ranges">What was read.</param>
    /// <param name="rows">What was found.</param>
    public IReadOnlyList<Delivery> Accept(long claim, IReadOnlyList<FetchRange> ranges, IReadOnlyList<Delivery> rows)
    {
        foreach (FetchRange range in ranges)
        {
            int found = rows.Count(row => row.Partition == range.Partition);
            Partition partition = _partitions[range.Partition];
            if (found == range.RowsMax) partition.MayHaveMore |= range.Until == long.MaxValue;

            // Somebody was woken for rows that are not ahead of the cursor: they are behind it.
            if (range.Until == long.MaxValue && found == 0 && partition.Woken) LateRowsExpected = true;
            partition.Woken = false;
        }

        if (rows.Count == 0) return [];

        List<Delivery> accepted = [];
        foreach (Delivery row in rows.OrderBy(row => row.Tag))
        {
            Partition partition = _partitions[row.Partition];
            Delivery delivery = row with { Redelivered = partition.Suspects.Remove(row.Tag) || row.Tag <= partition.SuspectUntil };
            _held.Add(row.Tag, new Held(delivery, claim));
            partition.Cursor = Math.Max(partition.Cursor, row.Tag);
            accepted.Add(delivery);
        }

        _inHand += accepted.Count;
        _claims[claim] = accepted.Count;
        Must.Hold(_inHand <= unsettledMax);
        return accepted;
    }

    /// <summary>Whether a sender told of rows that no read ahead found.</summary>
    public bool LateRowsExpected { get; private set; }

    /// <summary>
    /// Notes the snapshot of a beat, which is later than every cursor here. What is below these cursors and not visible yet belongs to a transaction below its
    /// upper bound; a later snapshot whose lower bound has reached that knows all of them ended.
    /// </summary>
    public void Mark(Watermark now)
    {
        _mark ??= (now.Xmax, _partitions.Values.ToDictionary(partition => partition.Number, partition => partition.Cursor));
        _markEnded = now.Xmin >= _mark.Value.Xmax;
    }

    /// <summary>Pieces behind the cursors were read. Where that was all there is, and the marked transactions had ended before, the floor rises.</summary>
    public void RescanDone(IReadOnlyList<FetchRange> complete)
    {
        LateRowsExpected = false;
        if (!_markEnded || _mark is not { } mark) return;

        foreach (FetchRange range in complete)
        {
            if (mark.Cursors.TryGetValue(range.Partition, out long cursor)) _partitions[range.Partition].Floor = cursor;
        }

        (_mark, _markEnded) = (null, false);
    }

    /// <summary>Lets the next rescan begin at the start: a sender that was stopped between drawing an id and beginning to write is seen by no watermark.</summary>
    public void ForgetFloors()
    {
        foreach (Partition partition in _partitions.Values) partition.Floor = 0;
        (_mark, _markEnded) = (null, false);
    }

    private static bool HasBehind(Partition partition) => partition.IsOpen && partition.Cursor > partition.Floor;

    private List<FetchRange> Share(ref int turn, List<Partition> partitions, int rowsMax, Func<Partition, (long After, long Until)> bounds)
    {
        int rows = Math.Min(Demand, rowsMax);
        List<FetchRange> ranges = [];
        if (rows <= 0 || partitions.Count == 0) return ranges;

        // Each gets an equal part; where there are fewer rows than partitions they take turns.
        for (int index = 0; index < Math.Min(rows, partitions.Count); index++)
        {
            Partition partition = partitions[(turn + index) % partitions.Count];
            (long after, long until) = bounds(partition);
            ranges.Add(new FetchRange(partition.Number, after, until, (rows / partitions.Count) + (index < rows % partitions.Count ? 1 : 0)));
        }

        turn = (turn + ranges.Count) % partitions.Count;
        return ranges;
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

        public long Floor { get; set; }

        public bool MayHaveMore { get; set; }

        public bool Woken { get; set; }

        public bool Revoking { get; set; }

        /// <summary>Later messages wait until what came back is handed out again.</summary>
        public bool IsOpen => !Revoking && Again.Count == 0;
    }
}
