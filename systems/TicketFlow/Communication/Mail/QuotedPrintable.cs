using System.Text;

namespace TicketFlow.Communication.Mail;

/// <summary>The body of an e-mail as quoted-printable (RFC 2045): English stays readable, everything survives every server on the way. Pure.</summary>
internal static class QuotedPrintable
{
    private const int LineCharsMax = 76;
    private const string Hex = "0123456789ABCDEF";

    /// <summary>Encodes a text; its lines end as they should, whatever they ended with, and the last one does too.</summary>
    public static string Of(string text)
    {
        var encoded = new StringBuilder(text.Length + (text.Length / 8));
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n')) Append(encoded, Encoding.UTF8.GetBytes(line));
        return encoded.ToString();
    }

    private static void Append(StringBuilder encoded, byte[] line)
    {
        int column = 0;
        for (int index = 0; index < line.Length; index++)
        {
            bool isLast = index == line.Length - 1;
            bool isPlain = IsPlain(line[index]) || (line[index] is (byte)' ' or (byte)'\t' && !isLast);
            int width = isPlain ? 1 : 3;
            // One column is kept for the mark that the line goes on.
            if (column + width > LineCharsMax - 1)
            {
                encoded.Append("=\r\n");
                column = 0;
            }

            if (isPlain) encoded.Append((char)line[index]);
            else encoded.Append('=').Append(Hex[line[index] >> 4]).Append(Hex[line[index] & 15]);
            column += width;
        }

        encoded.Append("\r\n");
    }

    private static bool IsPlain(byte octet) => octet is >= (byte)'!' and <= (byte)'~' and not (byte)'=';
}
