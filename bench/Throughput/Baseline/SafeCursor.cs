namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// Where to read on from in a table whose ids come from a sequence. A row may become visible after rows with higher ids, so reading on from the highest id
/// seen would lose it. The cursor goes up to an id only when every transaction that was running when that id was seen has ended. What was read
/// has been deleted by then, so reading again from further back costs little and repeats nothing.
/// Holds because a transaction has its transaction id before it draws a row id: the business row comes first.
/// </summary>
internal sealed class SafeCursor
{
    private readonly Queue<(long Id, ulong NextTransaction)> _seen = new();

    /// <summary>Rows up to this id are done with for good.</summary>
    public long Position { get; private set; }

    /// <summary>Takes note of a read.</summary>
    /// <param name="lastId">The highest id that it returned.</param>
    /// <param name="oldestRunning">The oldest transaction that was running at the snapshot of the read.</param>
    /// <param name="nextTransaction">The first transaction that had not begun at that snapshot.</param>
    public void Read(long lastId, ulong oldestRunning, ulong nextTransaction)
    {
        while (_seen.TryPeek(out (long Id, ulong NextTransaction) first) && first.NextTransaction <= oldestRunning && first.Id <= lastId)
        {
            Position = first.Id;
            _seen.Dequeue();
        }

        _seen.Enqueue((lastId, nextTransaction));
    }
}
