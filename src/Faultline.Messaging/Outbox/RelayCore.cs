using Faultline.Messaging.Store;

namespace Faultline.Messaging.Outbox;

/// <summary>
/// Decides what the relay does: a pure step function (state, event → state, effects) without clock, store or broker. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>Order. Rows of one key get rising ids in the order of their commits, and a row that can be seen has no invisible predecessor of its key (the writers see to it
/// by locking the key's slot). So the relay may send every row it sees, and keeps order by having at most one row of each key under way.</para>
/// <para>Late rows. Ids of different keys become visible in any order, so reading only upwards would miss rows, or would send a row before a late one of its key. Every row names its
/// transaction. A row up to the <c>cursor</c>, the highest id read, that the read before could not see was written by a transaction that had not ended then: each read asks for the
/// rows of exactly those, beside the rows above the cursor. So all rows up to the cursor that could be seen when the last read began have been read, whatever is open elsewhere.</para>
/// </remarks>
internal sealed class RelayCore(RelayOptions options)
{
    private readonly Dictionary<long, OutboxRow> _held = [];
    private readonly HashSet<long> _unawaited = []; // To be deleted whatever becomes of them: the confirms guard was off when they were sent.
    private readonly HashSet<long> _blind = []; // Those of them whose send has not ended: the next of their key waits for that.
    private readonly Dictionary<string, Queue<OutboxRow>> _lanes = [];
    private readonly Queue<OutboxRow> _ready = [];
    private readonly PriorityQueue<OutboxRow, DateTimeOffset> _later = new();
    private readonly List<long> _toDelete = [];
    private readonly List<OutboxRow> _toDeadLetter = [];
    private readonly HashSet<long> _goneWhileReading = []; // The read that is under way may still show them.
    private long _cursor;
    private OutboxSnapshot _seen = OutboxSnapshot.Nothing;
    private bool _reading;
    private bool _deleting;
    private bool _mayHaveMore = true;
    private int _sends;
    private int _failures;
    private DateTimeOffset _pausedUntil;
    private DateTimeOffset _readAt;
    private DateTimeOffset _deleteAt;

    /// <summary>How many rows are held in memory.</summary>
    public int HeldRows => _held.Count;

    /// <summary>Whether nothing is known to be done.</summary>
    public bool IsIdle => _held.Count == 0 && !_reading && !_mayHaveMore;

    /// <summary>Takes one event.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="guards">Whether the <c>confirms</c> guard is on, and how many sends may be under way.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is to be done.</returns>
    public IReadOnlyList<RelayEffect> Step(RelayEvent happened, (bool Confirms, int SendsMax) guards, DateTimeOffset now)
    {
        switch (happened)
        {
            case RelayEvent.Woken: _mayHaveMore = true; break;
            case RelayEvent.Tick: break;
            case RelayEvent.PageRead read: TakePage(read, now); break;
            case RelayEvent.ReadFailed: EndRead(); _mayHaveMore = true; Pause(now); break;
            case RelayEvent.SendEnded sent: TakeOutcomes(sent, now); break;
            case RelayEvent.SendFailed failed: TakeFailedSend(failed, now); break;
            case RelayEvent.Released released: Requeue(released.Row); break;
            case RelayEvent.Deleted deleted: TakeDeleted(deleted); break;
            case RelayEvent.DeleteFailed failed: _deleting = false; _toDelete.AddRange(failed.Delete.Ids); Pause(now); break;
            case RelayEvent.DeadLettered letter: foreach (OutboxRow row in letter.Letter.Rows) Forget(row); break;
            case RelayEvent.DeadLetterFailed letter: foreach (OutboxRow row in letter.Letter.Rows) _later.Enqueue(row, Pause(now)); break;
            default: throw new System.Diagnostics.UnreachableException();
        }

        return Decide(guards, now);
    }

    private void TakePage(RelayEvent.PageRead read, DateTimeOffset now)
    {
        foreach (OutboxRow row in read.Page.Rows)
        {
            _cursor = Math.Max(_cursor, row.Id);
            // A row may be read twice: what the snapshot of one read just misses, its rows may show already. It is the same row.
            if (!_goneWhileReading.Contains(row.Id) && _held.TryAdd(row.Id, row)) Enqueue(row);
        }

        EndRead();
        _failures = 0;
        bool isFull = read.Page.Rows.Count >= read.What.RowsMax || read.Page.Seen is null;
        _mayHaveMore |= isFull;
        _readAt = !isFull && read.Page.Rows.Count >= options.LingerFrom ? now + options.Linger : now;
        if (read.Page.Seen is null) _cursor = 0;
        _seen = read.Page.Seen ?? OutboxSnapshot.Nothing;
    }

    private void EndRead()
    {
        _reading = false;
        _goneWhileReading.Clear();
    }

    private void Enqueue(OutboxRow row)
    {
        if (row.Message.Key is not { } key)
        {
            _ready.Enqueue(row);
        }
        else if (_lanes.TryGetValue(key, out Queue<OutboxRow>? lane))
        {
            lane.Enqueue(row);
        }
        else
        {
            _lanes.Add(key, new Queue<OutboxRow>());
            _ready.Enqueue(row);
        }
    }

    private void TakeOutcomes(RelayEvent.SendEnded sent, DateTimeOffset now)
    {
        _sends--;
        _failures = 0;
        foreach ((OutboxRow row, RelayOutcome outcome) in sent.Send.Rows.Zip(sent.Outcomes))
        {
            if (_blind.Remove(row.Id)) OpenLane(row);
            if (!IsAwaited(row)) continue;
            switch (outcome)
            {
                case RelayOutcome.Confirmed: DeleteLater(row.Id, now); OpenLane(row); break;
                case RelayOutcome.Unconfirmed: _later.Enqueue(row, now + options.ConfirmTimeout); break;
                case RelayOutcome.Refused: _later.Enqueue(row, now + options.PauseMin); break;
                case RelayOutcome.Unroutable: _toDeadLetter.Add(row); break;
                case RelayOutcome.Held: break;
                default: throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    private void TakeFailedSend(RelayEvent.SendFailed failed, DateTimeOffset now)
    {
        _sends--;
        DateTimeOffset until = Pause(now);
        foreach (OutboxRow row in failed.Send.Rows)
        {
            if (_blind.Remove(row.Id)) OpenLane(row);
            if (IsAwaited(row)) _later.Enqueue(row, until);
        }
    }

    private void TakeDeleted(RelayEvent.Deleted deleted)
    {
        _deleting = false;
        foreach (long id in deleted.Delete.Ids)
        {
            Remove(id);
            _unawaited.Remove(id);
        }
    }

    private void Remove(long id)
    {
        _held.Remove(id);
        if (_reading) _goneWhileReading.Add(id);
    }

    private void Requeue(OutboxRow row)
    {
        if (IsAwaited(row)) _ready.Enqueue(row);
    }

    /// <summary>Whether the broker's word on the row matters: with the confirms guard off the row goes, whatever becomes of it.</summary>
    private bool IsAwaited(OutboxRow row) => _held.ContainsKey(row.Id) && !_unawaited.Contains(row.Id);

    private void Forget(OutboxRow row)
    {
        Remove(row.Id);
        OpenLane(row);
    }

    private void OpenLane(OutboxRow row)
    {
        if (row.Message.Key is not { } key) return;
        if (_lanes[key].TryDequeue(out OutboxRow? next)) _ready.Enqueue(next);
        else _lanes.Remove(key);
    }

    private DateTimeOffset Pause(DateTimeOffset now)
    {
        double factor = Math.Pow(2, Math.Min(_failures++, 20));
        return _pausedUntil = now + TimeSpan.FromTicks((long)Math.Min(options.PauseMin.Ticks * factor, options.PauseMax.Ticks));
    }

    private List<RelayEffect> Decide((bool Confirms, int SendsMax) guards, DateTimeOffset now)
    {
        var effects = new List<RelayEffect>();
        while (_later.TryPeek(out OutboxRow? row, out DateTimeOffset due) && due <= now) Requeue(_later.Dequeue());

        if (now >= _pausedUntil)
        {
            DecideRead(effects, now);
            DecideSends(effects, guards);
            DecideDelete(effects, guards.Confirms, now);
            if (_toDeadLetter.Count > 0)
            {
                effects.Add(new RelayEffect.DeadLetter([.. _toDeadLetter]));
                _toDeadLetter.Clear();
            }
        }

        DecideWake(effects, now);
        return effects;
    }

    private void DecideRead(List<RelayEffect> effects, DateTimeOffset now)
    {
        int room = Math.Min(options.HeldRowsMax - _held.Count, options.BatchRowsMax);
        if (_reading || !_mayHaveMore || room <= 0 || now < _readAt) return;

        _reading = true;
        _mayHaveMore = false;
        effects.Add(new RelayEffect.Read(new OutboxRead(_cursor, _seen, room)));
    }

    private void DecideSends(List<RelayEffect> effects, (bool Confirms, int SendsMax) guards)
    {
        while (_ready.Count > 0 && _sends < guards.SendsMax)
        {
            var rows = new List<OutboxRow>(Math.Min(_ready.Count, options.BatchRowsMax));
            while (rows.Count < options.BatchRowsMax && _ready.TryDequeue(out OutboxRow? row)) rows.Add(row);
            _sends++;
            effects.Add(new RelayEffect.Send(rows));
            if (guards.Confirms) continue;

            // The mistake of this guard: the row goes without waiting for the broker's word. The next of its key still waits for the end of the send.
            foreach (OutboxRow row in rows)
            {
                _toDelete.Add(row.Id);
                _unawaited.Add(row.Id);
                _blind.Add(row.Id);
            }
        }
    }

    private void DeleteLater(long id, DateTimeOffset now)
    {
        if (_toDelete.Count == 0) _deleteAt = now + options.DeleteLinger;
        _toDelete.Add(id);
    }

    private bool MayDeleteWait(DateTimeOffset now) => now < _deleteAt && _toDelete.Count < options.BatchRowsMax;

    private void DecideDelete(List<RelayEffect> effects, bool confirms, DateTimeOffset now)
    {
        // Without the guard the row goes at once: that is its mistake.
        if (_deleting || _toDelete.Count == 0 || (confirms && MayDeleteWait(now))) return;
        _deleting = true;
        effects.Add(new RelayEffect.Delete([.. _toDelete]));
        _toDelete.Clear();
    }

    private void DecideWake(List<RelayEffect> effects, DateTimeOffset now)
    {
        DateTimeOffset? at = _later.TryPeek(out _, out DateTimeOffset due) ? due : null;
        if (_pausedUntil > now) at = at < _pausedUntil ? at : _pausedUntil;
        else if (_mayHaveMore && !_reading && _readAt > now) at = at < _readAt ? at : _readAt;
        if (_toDelete.Count > 0 && !_deleting && _deleteAt > now) at = at < _deleteAt ? at : _deleteAt;
        if (at is { } time) effects.Add(new RelayEffect.WakeAt(time));
    }
}
