using System.Text;

namespace TicketFlow.Checks.Samples;

/// <summary>Makes inquiries for workloads; seed and index decide on each of them in full.</summary>
internal sealed class SampleInquiries(ulong seed)
{
    /// <summary>The categories of an inquiry.</summary>
    public static readonly IReadOnlyList<string> Categories = ["general", "technical", "billing", "other"];

    /// <summary>Domains of the customers' addresses.</summary>
    public static readonly IReadOnlyList<string> Domains = ["standard.example", "premium.example", "vip.example", "mail.example", "customers.example", "post.example"];

    /// <summary>The languages that TicketFlow tells apart.</summary>
    public static readonly IReadOnlyList<string> KnownLanguages = ["en", "pl", "de", "fr", "es", "it", "pt", "tr", "uk"];

    private const int TitleCharsMax = 120;
    private const int DescriptionCharsMin = 10;
    private const int DescriptionCharsMax = 5_000;
    private const int UnknownOneIn = 10;
    private const int LongOneIn = 50;
    private const int ShortOneIn = 25;

    private static readonly IReadOnlyList<string> Products = ["Orion 3", "Contoso Desk", "NetBox 40", "PayPoint", "Atlas Cloud", "DocuFlow"];

    private readonly IReadOnlyList<SampleTexts> _known = [.. SampleTexts.Load().Where(texts => KnownLanguages.Contains(texts.Language))];
    private readonly IReadOnlyList<SampleTexts> _unknown = [.. SampleTexts.Load().Where(texts => !KnownLanguages.Contains(texts.Language))];

    /// <summary>The inquiry with this number.</summary>
    public SampleInquiry At(long index)
    {
        var chance = SplitMix64.For(seed, index);
        bool known = !chance.OneIn(UnknownOneIn);
        SampleTexts texts = chance.Pick(known ? _known : _unknown);
        string name = chance.Pick(texts.Names);
        string title = Title(texts, ref chance);
        return new SampleInquiry(
            texts.Language, known, name, $"customer{chance.Below(2_000)}@{chance.Pick(Domains)}", title, Description(texts, ref chance), chance.Pick(Categories));
    }

    /// <summary>A number of inquiries, from an index on.</summary>
    public IEnumerable<SampleInquiry> From(long index, int count)
    {
        for (long i = index; i < index + count; i++) yield return At(i);
    }

    private static string Title(SampleTexts texts, ref SplitMix64 chance)
    {
        string title = chance.Pick(texts.Titles);
        if (chance.OneIn(4)) title += $" ({chance.Pick(Products)})";
        return title.Length <= TitleCharsMax ? title : title[..TitleCharsMax];
    }

    private static string Description(SampleTexts texts, ref SplitMix64 chance)
    {
        if (chance.OneIn(ShortOneIn)) return Filled(chance.Pick(texts.Sentences), ref chance);

        int chars = chance.OneIn(LongOneIn) ? 1_000 + chance.Below(DescriptionCharsMax - 1_000) : 80 + chance.Below(260);
        var text = new StringBuilder();
        int next = chance.Below(texts.Sentences.Count);
        do
        {
            string sentence = Filled(texts.Sentences[next++ % texts.Sentences.Count], ref chance);
            if (text.Length + sentence.Length + 1 > DescriptionCharsMax) break;

            if (text.Length > 0) text.Append(chance.OneIn(5) ? '\n' : ' ');
            text.Append(sentence);
        }
        while (text.Length < chars);

        return text.Length >= DescriptionCharsMin ? text.ToString() : text.Append('.', DescriptionCharsMin).ToString();
    }

    private static string Filled(string sentence, ref SplitMix64 chance) => sentence
        .Replace("{product}", chance.Pick(Products), StringComparison.Ordinal)
        .Replace("{number}", $"{2 + chance.Below(40)}", StringComparison.Ordinal)
        .Replace("{reference}", $"R-{10_000 + chance.Below(90_000)}", StringComparison.Ordinal);
}
