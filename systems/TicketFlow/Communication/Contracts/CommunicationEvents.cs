using Faultline.Messaging.Publishing;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication.Contracts;

/// <summary>Somebody has to know something. A contract of its own: any service may publish one, and whoever sends it on does not know which.</summary>
/// <param name="AlertId">The same for the same reason, such as <c>sla-breached-{ticket}-2</c>: it is sent once. 1 to 100 letters, digits and dashes.</param>
/// <param name="Kind">What has happened, for example <c>incident-reported</c> or <c>sla-breached</c>.</param>
/// <param name="TicketId">The ticket that it is about; null for none.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Text">In full.</param>
/// <param name="Recipients">Who has to know.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.alert")]
public sealed record Alert(string AlertId, string Kind, Guid? TicketId, string Title, string Text, IReadOnlyList<Contact> Recipients, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId?.ToString() ?? AlertId;
}

/// <summary>What a message is.</summary>
public enum LetterKind
{
    /// <summary>An answer to the customer before the resolution.</summary>
    Reply,

    /// <summary>The answer that resolves the ticket.</summary>
    Resolution,

    /// <summary>To whoever works on the ticket: its time runs out.</summary>
    Reminder,

    /// <summary>To whoever has to know.</summary>
    Alert,
}

/// <summary>A message to people is stored and on its way as e-mail.</summary>
/// <param name="LetterId">The message; the same for the same reason.</param>
/// <param name="Kind">What it is.</param>
/// <param name="TicketId">The ticket that it is about; null for none.</param>
/// <param name="TextId">For a reply or a resolution: what was written, as translations name it.</param>
/// <param name="Recipients">To whom.</param>
/// <param name="Subject">In a few words.</param>
/// <param name="Text">In full, in English.</param>
/// <param name="Author">Who wrote it; null when no person did.</param>
/// <param name="At">When, UTC.</param>
[Message("ticketflow.message-sent")]
public sealed record MessageSent(
    string LetterId, LetterKind Kind, Guid? TicketId, Guid? TextId, IReadOnlyList<Contact> Recipients, string Subject, string Text, string? Author, DateTimeOffset At) : IMessage
{
    string? IMessage.Key => TicketId?.ToString() ?? LetterId;
}

/// <summary>The communication service wakes itself: a message is to be handed to the mail server.</summary>
/// <param name="LetterId">The message.</param>
/// <param name="Try">Which attempt, from 1.</param>
[Message("ticketflow.letter-due")]
public sealed record LetterDue(string LetterId, int Try) : IMessage
{
    string? IMessage.Key => LetterId;
}
