using Faultline.Messaging.Publishing;

namespace TicketFlow.Tickets.Contracts;

/// <summary>The states of a ticket.</summary>
public enum TicketState
{
    /// <summary>The translation is on its way.</summary>
    AwaitingTranslation,

    /// <summary>A supervisor is to look at it.</summary>
    AwaitingQualification,

    /// <summary>It is known what it is and how bad.</summary>
    Qualified,

    /// <summary>Work waits for something; the clock of the agreement stands.</summary>
    Blocked,

    /// <summary>Answered; final.</summary>
    Resolved,
}

/// <summary>What a ticket is about.</summary>
public enum TicketKind
{
    /// <summary>Somebody wants to know something.</summary>
    Question,

    /// <summary>Something is broken; raises an alert.</summary>
    Incident,
}

/// <summary>How bad it is; with the agreement it decides how long an answer may take.</summary>
public enum Severity
{
    /// <summary>It can wait.</summary>
    Low,

    /// <summary>It should not wait long.</summary>
    Medium,

    /// <summary>It hurts.</summary>
    High,

    /// <summary>Work stands still.</summary>
    Critical,
}

/// <summary>Somebody who can be written to.</summary>
/// <param name="Name">To be shown.</param>
/// <param name="Email">The address.</param>
public sealed record Contact(string Name, string Email);

/// <summary>A ticket exists.</summary>
/// <param name="TicketId">The ticket; the same as its inquiry's id.</param>
/// <param name="State">Its first state.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="CreatedAt">When, UTC.</param>
[Message("ticketflow.ticket-created")]
public sealed record TicketCreated(Guid TicketId, TicketState State, int Version, DateTimeOffset CreatedAt) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>A ticket has changed its state.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="State">Its state now.</param>
/// <param name="Version">Its version now.</param>
/// <param name="Because">What happened, in a word of the state table.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.ticket-status-changed")]
public sealed record TicketStatusChanged(Guid TicketId, TicketState State, int Version, string Because, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>A supervisor has said what a ticket is and how bad.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Version">Its version now.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Title">Its title, in English when there is a translation.</param>
/// <param name="Customer">Who wrote; the domain of the address says which agreement holds.</param>
/// <param name="CreatedAt">When the ticket was created, UTC: the time of the agreement runs from here.</param>
/// <param name="Supervisors">Who is reminded while nobody is assigned.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.ticket-qualified")]
public sealed record TicketQualified(
    Guid TicketId, int Version, TicketKind Kind, Severity Severity, string Title, Contact Customer, DateTimeOffset CreatedAt, IReadOnlyList<Contact> Supervisors, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>Somebody works on a ticket; a later one replaces an earlier one.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Version">Its version now.</param>
/// <param name="Assignee">Who.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.agent-assigned")]
public sealed record AgentAssigned(Guid TicketId, int Version, Contact Assignee, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>Work on a ticket waits; the clock of the agreement stands.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Version">Its version now.</param>
/// <param name="Reason">What it waits for.</param>
/// <param name="At">Since when, UTC.</param>
[Message("ticketflow.ticket-blocked")]
public sealed record TicketBlocked(Guid TicketId, int Version, string Reason, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>Work on a ticket goes on; its deadline moves by the time that it was blocked.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Version">Its version now.</param>
/// <param name="At">Since when, UTC.</param>
[Message("ticketflow.ticket-unblocked")]
public sealed record TicketUnblocked(Guid TicketId, int Version, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>A ticket is answered; final.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Version">Its version now.</param>
/// <param name="Title">The title as the customer wrote it.</param>
/// <param name="Text">The answer, in English.</param>
/// <param name="Language">The customer's language, ISO 639-1, or <c>und</c>.</param>
/// <param name="Customer">Who is answered.</param>
/// <param name="Author">Who answers.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.ticket-resolved")]
public sealed record TicketResolved(Guid TicketId, int Version, string Title, string Text, string Language, Contact Customer, string Author, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>Somebody of the desk has written to the customer before the resolution.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="ReplyId">The reply.</param>
/// <param name="Title">The title as the customer wrote it.</param>
/// <param name="Text">What was written, in English.</param>
/// <param name="Language">The customer's language, ISO 639-1, or <c>und</c>.</param>
/// <param name="Customer">Who is answered.</param>
/// <param name="Author">Who answers.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.agent-replied")]
public sealed record AgentReplied(Guid TicketId, Guid ReplyId, string Title, string Text, string Language, Contact Customer, string Author, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>The ticket of a sample inquiry is removed; nothing more is said of it.</summary>
/// <param name="TicketId">The ticket.</param>
[Message("ticketflow.ticket-removed")]
public sealed record TicketRemoved(Guid TicketId) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}

/// <summary>The tickets service reminds itself: the translation of a ticket has not come within its time.</summary>
/// <param name="TicketId">The ticket.</param>
[Message("ticketflow.translation-overdue")]
public sealed record TranslationOverdue(Guid TicketId) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}
