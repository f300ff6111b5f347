using System.Globalization;
using System.Text;
using System.Xml;
using Faultline.Verification.Checkers;

namespace Faultline.Verification.Reports;

/// <summary>How figures and foreign text are printed.</summary>
internal static class Texts
{
    public static string Duration(TimeSpan time) =>
        time < TimeSpan.FromMilliseconds(10) ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.##} ms")
        : time < TimeSpan.FromSeconds(1) ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
        : time < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s");

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Clock(DateTime time) => time.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string Verdict(Verdict verdict) => verdict switch { Checkers.Verdict.Passed => "passed", Checkers.Verdict.Failed => "failed", _ => "inconclusive" };

    public static string Plural(long count, string word) => $"{Number(count)} {word}{(count == 1 ? "" : "s")}";

    /// <summary>One line without control characters: text of messages must not move the cursor or colour the terminal.</summary>
    public static string Line(string text)
    {
        if (!text.Any(char.IsControl)) return text;

        var line = new StringBuilder(text.Length);
        foreach (char letter in text) line.Append(char.IsControl(letter) ? ' ' : letter);
        return line.ToString();
    }

    /// <summary>Text that XML can hold: it has no way to write most control characters.</summary>
    public static string Xml(string text)
    {
        var valid = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])) valid.Append(text[at]).Append(text[++at]);
            else valid.Append(XmlConvert.IsXmlChar(text[at]) ? text[at] : '\uFFFD');
        }

        return valid.ToString();
    }
}
