using TicketFlow.Inquiries.Language;

namespace TicketFlow.Tests.Language;

/// <summary>Inquiries of our own in known and other languages, none of them used for training.</summary>
internal static class LanguageTestSet
{
    public const int LongCharsMin = 60;

    public static IReadOnlyList<(string Code, string Text)> Load()
    {
        using Stream stream = typeof(LanguageTestSet).Assembly.GetManifestResourceStream("language/TestSet.tsv")!;
        using var reader = new StreamReader(stream);
        var rows = new List<(string Code, string Text)>();
        while (reader.ReadLine() is { } line)
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0) rows.Add((line[..tab], line[(tab + 1)..].Replace("\\n", "\n", StringComparison.Ordinal)));
        }

        return rows;
    }

    /// <summary>Right answers per language, and what was said instead where they were wrong.</summary>
    public static IReadOnlyList<Score> Measure(LanguageDetector detector, Func<string, string> change, Func<string, bool> where) =>
    [
        .. Load().Where(row => where(row.Text)).GroupBy(row => row.Code).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
        {
            var wrong = group.Select(row => (row.Text, Said: detector.Detect(change(row.Text)).Code)).Where(row => row.Said != group.Key).ToList();
            return new Score(group.Key, group.Count(), group.Count() - wrong.Count, [.. wrong.Select(row => $"{row.Said}: {row.Text}")]);
        }),
    ];

    internal sealed record Score(string Code, int All, int Right, IReadOnlyList<string> Wrong)
    {
        public double Share => (double)Right / All;

        public override string ToString() => $"{Code,-4} {Right,3} of {All,3}  {Share:P1}{string.Concat(Wrong.Select(wrong => "\n       " + wrong))}";
    }
}
