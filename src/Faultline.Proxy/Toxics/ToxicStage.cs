namespace Faultline.Proxy.Toxics;

/// <summary>
/// One toxic at work on one direction of one connection. It takes pieces, and lets each go at a time it chooses, in their order. It is pure: it learns the time, it never waits.
/// Used under the gate of its stream.
/// </summary>
internal abstract class ToxicStage(Toxic toxic)
{
    private readonly Queue<(Piece Piece, TimeSpan Due)> _waiting = new();
    private int _bytes;

    public Toxic Toxic { get; } = toxic;

    /// <summary>Whether it may take more before something has left.</summary>
    public bool HasRoom => _bytes < BytesMax;

    /// <summary>When it acts by itself, without a piece; the end of time when never.</summary>
    public virtual TimeSpan ActsAt => TimeSpan.MaxValue;

    /// <summary>When the first piece may go; the end of time when none waits.</summary>
    public TimeSpan NextDue => _waiting.TryPeek(out (Piece Piece, TimeSpan Due) first) ? first.Due : TimeSpan.MaxValue;

    protected virtual int BytesMax => 64 * 1024;

    public void Take(Piece piece, TimeSpan now)
    {
        if (piece.Kind is PieceKind.Data) TakeData(piece, now);
        else if (piece.Kind is PieceKind.End) TakeEnd(now);
        else Hold(piece, now);
    }

    /// <summary>Acts because its time has come.</summary>
    /// <returns>Whether the connection is reset.</returns>
    public virtual bool Act(TimeSpan now) => false;

    /// <summary>It was removed: everything that waits goes now. A kind that swallowed bytes has no honest stream left and closes it.</summary>
    public virtual void Remove(TimeSpan now)
    {
    }

    public bool TryRelease(TimeSpan now, out Piece piece)
    {
        if (NextDue > now || !_waiting.TryDequeue(out (Piece Piece, TimeSpan Due) first))
        {
            piece = default;
            return false;
        }

        piece = first.Piece;
        _bytes -= piece.Length;
        return true;
    }

    protected abstract void TakeData(Piece piece, TimeSpan now);

    protected virtual void TakeEnd(TimeSpan now) => Hold(Piece.End, now);

    /// <summary>Keeps a piece until its time; a later piece never overtakes it.</summary>
    protected void Hold(Piece piece, TimeSpan due)
    {
        _waiting.Enqueue((piece, due));
        _bytes += piece.Length;
    }
}
