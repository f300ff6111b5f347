namespace TicketFlow.Sla;

/// <summary>The times of one ticket's agreement. Pure.</summary>
/// <param name="CreatedAt">When the ticket was created.</param>
/// <param name="Allowed">How long an answer may take.</param>
/// <param name="Blocked">How long the clock stood.</param>
/// <param name="RepeatAfter">After which time the alert of a breach is repeated first.</param>
internal readonly record struct DeadlineClock(DateTimeOffset CreatedAt, TimeSpan Allowed, TimeSpan Blocked, TimeSpan RepeatAfter)
{
    /// <summary>At which parts of the time people are reminded, in percent.</summary>
    public static IReadOnlyList<int> Percents { get; } = [50, 75, 90];

    /// <summary>How often the alert of a breach is given at most; the pauses double, so with 2 minutes the last would come after a year.</summary>
    public const int BreachesMax = 19;

    /// <summary>The deadline: creation, agreement and blocked time.</summary>
    public DateTimeOffset DueAt => CreatedAt + Allowed + Blocked;

    /// <summary>When a part of the time has passed.</summary>
    /// <param name="percent">Which part.</param>
    public DateTimeOffset ReminderAt(int percent) => CreatedAt + (Allowed * (percent / 100.0)) + Blocked;

    /// <summary>When an alert of the breach is due: the first at the deadline, then after one, two, four ... times the pause.</summary>
    /// <param name="step">Which one, from 1.</param>
    public DateTimeOffset BreachAt(int step) => DueAt + (RepeatAfter * (Math.Pow(2, step - 1) - 1));
}
