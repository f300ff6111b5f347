using TicketFlow.Communication.Contracts;
using TicketFlow.Communication.Data;
using TicketFlow.Communication.Mail;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tests.Communication;

/// <summary>Letters to test with.</summary>
internal static class SampleLetters
{
    public static readonly DateTimeOffset At = new(2026, 3, 1, 9, 5, 7, TimeSpan.FromHours(2));

    public static Letter To(params string[] addresses) => new()
    {
        Id = "reply-1",
        Kind = LetterKind.Reply,
        TicketId = Guid.Empty,
        TextId = Guid.Empty,
        Recipients = [.. addresses.Select(address => new Contact("Zoë", address))],
        Subject = "Re: Rechnung",
        Text = "Hello Zoë,\nall is well.",
        Author = "Ann",
        At = At,
        StoredAt = At,
    };

    public static MailOptions Over(SmtpOptions smtp) => new() { Smtp = smtp };
}
