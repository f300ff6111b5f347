using System.Globalization;
using System.Text;

namespace TicketFlow.Communication.Mail;

/// <summary>E-mail addresses. Pure.</summary>
internal static class Mailbox
{
    private const int CharsMax = 254;
    private const string Special = "\"(),:;<>[]\\";

    /// <summary>Whether a text is an address that can stand in a header and in a command: nothing in it may end either.</summary>
    public static bool IsAddress(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        return text.Length <= CharsMax && at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1
            && text.All(c => !char.IsWhiteSpace(c) && !char.IsControl(c) && !Special.Contains(c, StringComparison.Ordinal) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Surrogate));
    }

    /// <summary>The address as it goes over the wire: its domain in ASCII. The left side stays as it is; where that is not ASCII, only a server that knows SMTPUTF8 can take it.</summary>
    public static string Wire(string address)
    {
        int at = address.LastIndexOf('@');
        if (at < 0 || Ascii.IsValid(address.AsSpan(at))) return address;
        try
        {
            return address[..(at + 1)] + new IdnMapping().GetAscii(address, at + 1);
        }
        catch (ArgumentException)
        {
            return address; // No domain name: a server that knows SMTPUTF8 will say so, another one is not asked.
        }
    }
}
