using System.Globalization;
using Faultline.Messaging.Consuming;
using TicketFlow.Communication.Contracts;
using TicketFlow.Communication.Data;
using TicketFlow.Sla.Contracts;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication.Handlers;

/// <summary>What is written to people, for each event: the same event always makes the same letter, with the same id. Pure.</summary>
internal static class LetterTexts
{
    private const int IdCharsMax = 100;

    public static Letter Of(AgentReplied replied) =>
        LetterOf($"reply-{replied.ReplyId}", LetterKind.Reply, replied.TicketId, replied.ReplyId, [replied.Customer], $"Re: {replied.Title}", replied.Text, replied.Author, replied.At);

    public static Letter Of(TicketResolved resolved) =>
        LetterOf($"resolution-{resolved.TicketId}", LetterKind.Resolution, resolved.TicketId, resolved.TicketId, [resolved.Customer], $"Resolved: {resolved.Title}", resolved.Text, resolved.Author, resolved.At);

    public static Letter Of(ReminderDue reminder) => LetterOf(
        string.Create(CultureInfo.InvariantCulture, $"reminder-{reminder.TicketId}-{reminder.Percent}"), LetterKind.Reminder, reminder.TicketId, textId: null, reminder.Recipients,
        string.Create(CultureInfo.InvariantCulture, $"{reminder.Percent} % of the time has passed: {reminder.Title}"),
        string.Create(CultureInfo.InvariantCulture, $"""
            {reminder.Title}

            {reminder.Percent} % of the time for this ticket has passed. Its severity is {reminder.Severity.ToString().ToLowerInvariant()}, and it is due at {reminder.DueAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.
            Ticket {reminder.TicketId}
            """),
        author: null, reminder.At);

    /// <exception cref="LastingFailureException">The id is none: it would be the name of a file.</exception>
    public static Letter Of(Alert alert)
    {
        if (alert.AlertId.Length is 0 or > IdCharsMax || !alert.AlertId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
        {
            throw new LastingFailureException($"the id of an alert of the kind '{alert.Kind}' must have 1 to {IdCharsMax} letters, digits and dashes");
        }

        return LetterOf(alert.AlertId, LetterKind.Alert, alert.TicketId, textId: null, alert.Recipients, alert.Title, alert.Text, author: null, alert.At);
    }

    private static Letter LetterOf(
        string id, LetterKind kind, Guid? ticketId, Guid? textId, IReadOnlyList<Contact> recipients, string subject, string text, string? author, DateTimeOffset at) => new()
        {
            Id = id,
            Kind = kind,
            TicketId = ticketId,
            TextId = textId,
            Recipients = [.. recipients.Select(recipient => new Contact(Storable(recipient.Name), Storable(recipient.Email)))],
            Subject = Storable(subject),
            Text = Storable(text),
            Author = author is null ? null : Storable(author),
            At = at,
        };

    /// <summary>PostgreSQL cannot hold U+0000, and no text needs it.</summary>
    private static string Storable(string text) => text.Replace("\0", "");
}
