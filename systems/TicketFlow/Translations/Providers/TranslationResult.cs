namespace TicketFlow.Translations.Providers;

/// <summary>How good a translation can be, to be shown beside it.</summary>
internal enum TranslationQuality
{
    /// <summary>The text was in the wanted language already.</summary>
    Original,

    /// <summary>Word by word from a phrase book: tells what it is about, no more.</summary>
    RoughAid,

    /// <summary>By a machine translator.</summary>
    Machine,
}

/// <summary>A translation, and who made it.</summary>
/// <param name="Provider">Name of the translator, to be shown.</param>
/// <param name="Quality">How good it can be.</param>
/// <param name="Title">The translated title.</param>
/// <param name="Body">The translated body.</param>
/// <param name="WordsTotal">Words that wanted a translation; 0 when the provider does not count.</param>
/// <param name="WordsUntranslated">Words that are marked as not translated.</param>
internal sealed record TranslationResult(string Provider, TranslationQuality Quality, string Title, string Body, int WordsTotal, int WordsUntranslated)
{
    /// <summary>Share of the words that were translated, 0 to 1.</summary>
    public double TranslatedShare => WordsTotal == 0 ? 1 : 1 - ((double)WordsUntranslated / WordsTotal);

    /// <summary>The text as it was, for one that is in the wanted language already.</summary>
    public static TranslationResult Unchanged(string provider, TranslationText text) => new(provider, TranslationQuality.Original, text.Title, text.Body, 0, 0);
}
