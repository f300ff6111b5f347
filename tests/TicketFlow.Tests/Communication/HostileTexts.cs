namespace TicketFlow.Tests.Communication;

/// <summary>Texts as customers may write them, and some that only an attacker would.</summary>
internal static class HostileTexts
{
    private static readonly string[] Pieces =
    [
        "a", "word ", " ", "\t", ".", "\r\n.\r\n", "\n", "\r", "\r\nBcc: all@victims.example", "\r\n\r\n", "=", "=3D", "=?utf-8?B?QQ==?=", "\"", "\\", "<", ">", ",", ";", "ż", "Привіт", "日本語",
        "👩‍👩‍👧‍👦", "🇵🇱", "שלום", "\u202Eevil", "\u200B", "\u0085", "\u2028", "\u2029", "\u0001", "\u007F", "e\u0301", "\uFFFD", "From me", "--", "DATA", "QUIT\r\n",
    ];

    /// <summary>Each piece alone, one of everything, very long ones, and many at random; always the same.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "", .. Pieces, string.Concat(Pieces), new string('x', 5_000), new string('.', 5_000), string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 500)), string.Concat(Enumerable.Repeat("long line ", 500)), .. Random(),
    ];

    /// <summary>The text with the line ends that a body is read with.</summary>
    public static string AsBody(string text) => text.ReplaceLineEndings("\n");

    /// <summary>The text on one line, as a header must hold it.</summary>
    public static string AsHeader(string text) => string.Concat(text.Replace("\r\n", " ").Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    private static IEnumerable<string> Random()
    {
        for (int seed = 1; seed <= 400; seed++)
        {
            var random = new Random(seed);
            yield return string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        }
    }
}
