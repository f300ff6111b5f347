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

/// <summary>The tickets service reminds itself: the translation of a ticket has not come within its time.</summary>
/// <param name="TicketId">The ticket.</param>
[Message("ticketflow.translation-overdue")]
public sealed record TranslationOverdue(Guid TicketId) : IMessage
{
    string? IMessage.Key => TicketId.ToString();
}
