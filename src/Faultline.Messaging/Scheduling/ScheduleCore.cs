using Faultline.Messaging.Store;

namespace Faultline.Messaging.Scheduling;

/// <summary>What happens to the scheduler.</summary>
internal abstract record ScheduleEvent
{
    /// <summary>The schedule may have an earlier message now.</summary>
    internal sealed record Woken : ScheduleEvent;

    /// <summary>Time has passed.</summary>
    internal sealed record Tick : ScheduleEvent;

    /// <summary>The earliest messages were read.</summary>
    internal sealed record RowsRead(IReadOnlyList<ScheduledRow> Rows) : ScheduleEvent;

    /// <summary>Due messages are published.</summary>
    internal sealed record Fired : ScheduleEvent;

    /// <summary>A read or a publish has failed; whether it happened is unknown.</summary>
    internal sealed record Failed : ScheduleEvent;
}

/// <summary>What the scheduler wants done.</summary>
internal abstract record ScheduleEffect
{
    /// <summary>Read the earliest messages.</summary>
    internal sealed record Read(int RowsMax) : ScheduleEffect;

    /// <summary>Publish messages that are due.</summary>
    internal sealed record Fire(IReadOnlyList<ScheduledRow> Rows) : ScheduleEffect;

    /// <summary>Send a <see cref="ScheduleEvent.Tick"/> at this time; replaces an earlier wish.</summary>
    internal sealed record WakeAt(DateTimeOffset Time) : ScheduleEffect;
}

/// <summary>
/// Decides when scheduled messages are published: a pure step function (state, event → state, effects). One thing is under way at a time. Not thread-safe.
/// </summary>
/// <remarks>Once is the store's work: a message moves from the schedule to the outbox in one transaction. Repeating after an unknown outcome does no harm.</remarks>
internal sealed class ScheduleCore
{
    private const int RowsMax = 200;
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private bool _busy;
    private bool _stale = true;
    private int _failures;
    private DateTimeOffset _notBefore;

    /// <summary>Takes one event.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is to be done.</returns>
    public IReadOnlyList<ScheduleEffect> Step(ScheduleEvent happened, DateTimeOffset now)
    {
        switch (happened)
        {
            case ScheduleEvent.Woken: _stale = true; break;
            case ScheduleEvent.Tick: _stale = true; break;
            case ScheduleEvent.Fired: _busy = false; _stale = true; _failures = 0; break;
            case ScheduleEvent.Failed:
                _busy = false;
                _stale = true;
                _notBefore = now + TimeSpan.FromTicks((long)Math.Min(TimeSpan.FromMilliseconds(50).Ticks * Math.Pow(2, Math.Min(_failures++, 20)), PauseMax.Ticks));
                break;
            case ScheduleEvent.RowsRead read:
                _busy = false;
                _failures = 0;
                ScheduledRow[] due = [.. read.Rows.TakeWhile(row => row.DueAt <= now)];
                if (due.Length > 0)
                {
                    _busy = true;
                    return [new ScheduleEffect.Fire(due)];
                }

                if (!_stale && read.Rows.Count > 0) return [new ScheduleEffect.WakeAt(read.Rows[0].DueAt)];
                break;
            default: throw new System.Diagnostics.UnreachableException();
        }

        if (_busy || !_stale) return [];
        if (now < _notBefore) return [new ScheduleEffect.WakeAt(_notBefore)];
        _busy = true;
        _stale = false;
        return [new ScheduleEffect.Read(RowsMax)];
    }
}
