namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// Where to read on from in a table whose ids come from a sequence. A row may become visible after rows with higher ids, so reading on from the highest id
/// seen would lose it. The cursor goes up to an id only when every transaction that had begun when that id was seen has ended. What was read
/// has been deleted by then, so reading again from further back costs little and repeats nothing.
/// <para>
/// The bound is a transaction id that the reader itself drew after the read: it is above all that were drawn before. The end of the read's own snapshot (xmax) would
/// not do: it is one above the latest that has ended, and transactions above it may already run.
/// </para>
/// Holds because a writer has its transaction id before it draws a row id.
/// </summary>
internal sealed class SafeCursor
{
    private readonly Queue<(long Id, ulong Bound)> _seen = new();
    private long? _last;

    /// <summary>Rows up to this id are done with for good.</summary>
    public long Position { get; private set; }

    /// <summary>Takes note of a read that returned rows.</summary>
    /// <param name="lastId">The highest id that it returned.</param>
    /// <param name="oldestRunning">The oldest transaction that was running at the snapshot of the read.</param>
    /// <param name="own">The reader's transaction, which began after the read before this one.</param>
    public void Read(long lastId, ulong oldestRunning, ulong own)
    {
        if (_last is { } previous) _seen.Enqueue((previous, own));
        _last = lastId;
        while (_seen.TryPeek(out (long Id, ulong Bound) first) && first.Bound <= oldestRunning && first.Id <= lastId)
        {
            Position = Math.Max(Position, first.Id);
            _seen.Dequeue();
        }
    }
}
