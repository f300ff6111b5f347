namespace Faultline.Proxy.Toxics;

/// <summary>
/// The stages of one direction of one connection, one behind the other. Pure: it is told the time and never waits, so adding and removing a stage under load is a plain change of a list.
/// <code>
/// Enter → [stage: waiting pieces] → [stage: waiting pieces] → ready → TryTake
/// </code>
/// A piece moves on when its time has come and the next stage has room; when nothing has room, the reader stops reading. Used under the gate of its stream.
/// </summary>
internal sealed class ToxicPipeline(StreamSide side, long connection)
{
    private const int ReadyBytesMax = 64 * 1024;

    private readonly List<ToxicStage> _stages = [];
    private readonly Queue<Piece> _ready = new();
    private int _readyBytes;
    private long _version = -1;

    /// <summary>Whether bytes may go straight to the socket.</summary>
    public bool IsPassThrough => _stages.Count == 0 && _ready.Count == 0;

    public bool HasRoom => _stages.Count > 0 ? _stages[0].HasRoom : _readyBytes < ReadyBytesMax;

    /// <summary>Whether a toxic has reset the connection.</summary>
    public bool IsReset { get; private set; }

    /// <summary>When something happens next without anything new; the end of time when nothing does.</summary>
    public TimeSpan NextDue
    {
        get
        {
            TimeSpan next = TimeSpan.MaxValue;
            for (int index = 0; index < _stages.Count; index++)
            {
                TimeSpan due = HasRoomBehind(index) ? _stages[index].NextDue : TimeSpan.MaxValue;
                if (due > _stages[index].ActsAt) due = _stages[index].ActsAt;
                if (due < next) next = due;
            }

            return next;
        }
    }

    /// <summary>Takes over the toxics in force. Stages of toxics that stay keep what they hold.</summary>
    public void Apply(ToxicChain chain, TimeSpan now)
    {
        if (chain.Version <= _version) return;

        _version = chain.Version;
        for (int index = _stages.Count - 1; index >= 0; index--)
        {
            ToxicStage stage = _stages[index];
            if (chain.Toxics.Contains(stage.Toxic)) continue;

            Toxic? changed = chain.Toxics.FirstOrDefault(toxic => toxic.Activity == stage.Toxic.Activity);
            if (changed?.Hits(connection) == true) Replace(index, changed, now);
            else Remove(index, now);
        }

        foreach (Toxic toxic in chain.Toxics)
        {
            if (toxic.Config.Stream != side || _stages.Exists(stage => stage.Toxic == toxic) || !toxic.Hits(connection)) continue;
            _stages.Add(toxic.Kind.Begin(new ToxicStart(toxic, toxic.DiceFor(connection), now, Former: null)));
        }

        Advance(now);
    }

    public void Enter(Piece piece, TimeSpan now)
    {
        Give(0, piece, now);
        Advance(now);
    }

    /// <summary>Moves on what is due.</summary>
    public void Advance(TimeSpan now)
    {
        bool moved;
        do
        {
            moved = false;
            for (int index = 0; index < _stages.Count; index++)
            {
                if (_stages[index].ActsAt <= now && _stages[index].Act(now)) IsReset = true;
                while (HasRoomBehind(index) && _stages[index].TryRelease(now, out Piece piece))
                {
                    Give(index + 1, piece, now);
                    moved = true;
                }
            }
        }
        while (moved);
    }

    public bool TryTake(out Piece piece)
    {
        if (!_ready.TryDequeue(out piece)) return false;

        _readyBytes -= piece.Length;
        return true;
    }

    /// <summary>Gives every buffer back.</summary>
    public void Clear()
    {
        foreach (ToxicStage stage in _stages)
        {
            while (stage.TryRelease(TimeSpan.MaxValue, out Piece held)) held.Release();
        }

        while (TryTake(out Piece ready)) ready.Release();
        _stages.Clear();
    }

    private bool HasRoomBehind(int index) => index + 1 < _stages.Count ? _stages[index + 1].HasRoom : _readyBytes < ReadyBytesMax;

    private void Give(int index, Piece piece, TimeSpan now)
    {
        if (index < _stages.Count)
        {
            _stages[index].Take(piece, now);
            return;
        }

        _ready.Enqueue(piece);
        _readyBytes += piece.Length;
    }

    private void Replace(int index, Toxic changed, TimeSpan now)
    {
        ToxicStage former = _stages[index];
        _stages[index] = changed.Kind.Begin(new ToxicStart(changed, changed.DiceFor(connection), now, former));
        while (former.TryRelease(TimeSpan.MaxValue, out Piece piece)) Give(index, piece, now);
    }

    private void Remove(int index, TimeSpan now)
    {
        ToxicStage removed = _stages[index];
        _stages.RemoveAt(index);
        removed.Remove(now);
        while (removed.TryRelease(TimeSpan.MaxValue, out Piece piece)) Give(index, piece, now); // What was read is always passed on.
    }
}
