using System.Globalization;
using System.Text;
using TicketFlow.Communication.Contracts;
using TicketFlow.Communication.Data;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication.Mail;

/// <summary>Writes a letter as an e-mail (RFC 5322): the same letter always comes out as the same bytes. Pure.</summary>
internal static class EmlWriter
{
    /// <summary>The id by which mailboxes recognise a letter that comes twice.</summary>
    public static string MessageIdOf(Letter letter, MailOptions options) => $"<{letter.Id}@{options.Domain}>";

    /// <summary>What the recipient reads: the text, and who wrote it.</summary>
    public static string BodyOf(Letter letter) => letter.Author is { Length: > 0 } author ? $"{letter.Text}\n\n-- \n{author}" : letter.Text;

    /// <summary>Who is named in it: a refused address, and what is none, would only confuse the others.</summary>
    public static IEnumerable<Contact> NamedIn(Letter letter) => letter.Recipients.Where(recipient => Mailbox.IsAddress(recipient.Email) && !letter.Refused.Contains(recipient.Email));

    /// <summary>The e-mail. Lines end with CR LF; none is longer than 998 bytes.</summary>
    public static byte[] Write(Letter letter, MailOptions options)
    {
        var eml = new StringBuilder();
        Header(eml, "Date", letter.At.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(eml, "From", HeaderText.MailboxOf(options.FromName, options.From));
        Header(eml, "To", string.Join(",\r\n ", NamedIn(letter).Select(MailboxOf)));
        Header(eml, "Subject", HeaderText.Of(letter.Subject));
        Header(eml, "Message-ID", MessageIdOf(letter, options));
        // Out-of-office replies to what no person wrote would go round for ever.
        if (letter.Kind is LetterKind.Reminder or LetterKind.Alert) Header(eml, "Auto-Submitted", "auto-generated");
        Header(eml, "MIME-Version", "1.0");
        Header(eml, "Content-Type", "text/plain; charset=utf-8");
        Header(eml, "Content-Transfer-Encoding", "quoted-printable");
        eml.Append("\r\n").Append(QuotedPrintable.Of(BodyOf(letter)));
        return Encoding.UTF8.GetBytes(eml.ToString());
    }

    private static string MailboxOf(Contact recipient) => HeaderText.MailboxOf(recipient.Name, Mailbox.Wire(recipient.Email));

    private static void Header(StringBuilder eml, string name, string value) => eml.Append(name).Append(": ").Append(value).Append("\r\n");
}
