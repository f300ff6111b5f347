using Faultline.Messaging.Publishing;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Sla.Contracts;

/// <summary>How a ticket stands to its agreement.</summary>
public enum DeadlineOutcome
{
    /// <summary>The ticket is not resolved yet.</summary>
    Running,

    /// <summary>Resolved not later than the deadline.</summary>
    Met,

    /// <summary>Resolved after the deadline.</summary>
    Missed,
}

/// <summary>How a ticket stands to its agreement now; said anew with everything that changes it.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Revision">Rises with every change, from 1: a lower one is older.</param>
/// <param name="Agreement">The name of the agreement.</param>
/// <param name="DueAt">The deadline: creation, time of the agreement and blocked time, UTC. While the clock stands, as if it went on now.</param>
/// <param name="BlockedMs">How long the ticket was blocked, without the time since <paramref name="StoppedAt"/>, in ms.</param>
/// <param name="StoppedAt">Since when the clock stands; null while it runs.</param>
/// <param name="Outcome">Running, met or missed.</param>
/// <param name="Breaches">How many breach alerts there were.</param>
[Message("ticketflow.deadlines-calculated")]
public sealed record DeadlinesCalculated(
    Guid TicketId, int Revision, string Agreement, DateTimeOffset DueAt, long BlockedMs, DateTimeOffset? StoppedAt, DeadlineOutcome Outcome, int Breaches) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>A part of the time of a ticket has passed.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Percent">Which part: 50, 75 or 90.</param>
/// <param name="Title">Its title.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="DueAt">The deadline, UTC.</param>
/// <param name="Recipients">Who is reminded: the assignee, or the supervisors while there is none.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.reminder-due")]
public sealed record ReminderDue(Guid TicketId, int Percent, string Title, Severity Severity, DateTimeOffset DueAt, IReadOnlyList<Contact> Recipients, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>The sla service wakes itself: a part of the time of a ticket has passed, unless its clock has been stopped since.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Percent">Which part.</param>
/// <param name="Plan">The plan that it belongs to; one of an older plan is void.</param>
[Message("ticketflow.reminder-timer")]
public sealed record ReminderTimer(Guid TicketId, int Percent, int Plan) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>The sla service wakes itself: the deadline of a ticket has passed, or a repetition of its alert is due.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Step">Which alert, from 1: the deadline itself.</param>
/// <param name="Plan">The plan that it belongs to; one of an older plan is void.</param>
[Message("ticketflow.breach-timer")]
public sealed record BreachTimer(Guid TicketId, int Step, int Plan) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}
