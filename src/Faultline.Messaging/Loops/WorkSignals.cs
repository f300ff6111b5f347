namespace Faultline.Messaging.Loops;

/// <summary>
/// Tells the leader of this database that there is work: at once when it runs in this process, through the store (coalesced, outside of any transaction) when it runs in another. Thread-safe.
/// </summary>
/// <param name="tellOthers">Sends one signal to the leader in another process; called at most once at a time.</param>
public sealed class WorkSignals(Action tellOthers)
{
    private volatile Action? _outbox;
    private volatile Action? _schedule;

    /// <summary>This process leads: call these from now on.</summary>
    /// <param name="outbox">There may be new outbox rows.</param>
    /// <param name="schedule">There may be an earlier scheduled message.</param>
    internal void Lead(Action outbox, Action schedule)
    {
        _outbox = outbox;
        _schedule = schedule;
    }

    /// <summary>This process leads no more.</summary>
    internal void Resign()
    {
        _outbox = null;
        _schedule = null;
    }

    /// <summary>A transaction with outbox rows has committed.</summary>
    public void OutboxChanged()
    {
        if (_outbox is { } wake) wake();
        else tellOthers();
    }

    /// <summary>A transaction with scheduled messages has committed.</summary>
    public void ScheduleChanged()
    {
        if (_schedule is { } wake) wake();
        else tellOthers();
    }
}
