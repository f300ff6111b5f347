using System.Text;

namespace TicketFlow.Communication.Mail;

/// <summary>Text as it stands in the header of an e-mail (RFC 5322, RFC 2047). Whatever comes in, no line ends but ours come out. Pure.</summary>
internal static class HeaderText
{
    private const int PlainCharsMax = 60;
    private const int WordBytesMax = 39; // 52 characters in base64, 64 with what surrounds them: with the longest name of a header before it, under the 76 of RFC 2047.
    private const string Fold = "\r\n ";

    /// <summary>A text such as a subject.</summary>
    public static string Of(string text)
    {
        string line = OneLine(text);
        return IsPlain(line) ? line : EncodedWords(line);
    }

    /// <summary>A name with its address.</summary>
    public static string MailboxOf(string name, string address)
    {
        string line = OneLine(name).Trim();
        if (line.Length == 0) return address;
        return IsPlain(line) ? $"\"{line.Replace("\\", @"\\").Replace("\"", "\\\"")}\" <{address}>" : $"{EncodedWords(line)}{Fold}<{address}>";
    }

    /// <summary>Line ends and other control characters become spaces: a decoder on the way must find no line end either.</summary>
    private static string OneLine(string text)
    {
        string joined = text.Replace("\r\n", " ");
        return string.Create(joined.Length, joined, (line, source) =>
        {
            for (int index = 0; index < line.Length; index++) line[index] = char.IsControl(source[index]) || source[index] is '\u2028' or '\u2029' ? ' ' : source[index];
        });
    }

    private static bool IsPlain(string line) =>
        line.Length <= PlainCharsMax && line.All(c => c is >= ' ' and <= '~') && !line.Contains("=?") && line.AsSpan().Trim(' ').Length == line.Length;

    private static string EncodedWords(string line)
    {
        var words = new StringBuilder();
        Span<byte> bytes = stackalloc byte[WordBytesMax];
        int used = 0;
        // A character is never cut in two: each word must be text by itself.
        foreach (Rune rune in line.EnumerateRunes())
        {
            if (used + rune.Utf8SequenceLength > WordBytesMax)
            {
                Append(words, bytes[..used]);
                used = 0;
            }

            used += rune.EncodeToUtf8(bytes[used..]);
        }

        Append(words, bytes[..used]);
        return words.ToString();
    }

    private static void Append(StringBuilder words, ReadOnlySpan<byte> bytes)
    {
        if (words.Length > 0) words.Append(Fold);
        words.Append("=?utf-8?B?").Append(Convert.ToBase64String(bytes)).Append("?=");
    }
}
