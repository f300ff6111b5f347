namespace TicketFlow.Translations.Providers;

/// <summary>The built-in translator: replaces what its phrase book has, longest phrases first, and marks what it does not have.</summary>
/// <remarks>A rough aid that needs nothing from outside. Share one instance: it reads the books once and never changes. The time taken is linear in the length of the text.</remarks>
internal sealed class OfflineTranslator : ITranslator
{
    /// <summary>The name that is shown beside a translation.</summary>
    public const string ProviderName = "phrase book";

    private const string English = "en";

    private readonly IReadOnlyDictionary<string, PhraseBook> _toEnglish = PhraseBook.LoadToEnglish();
    private readonly IReadOnlyDictionary<string, PhraseBook> _fromEnglish = PhraseBook.LoadFromEnglish();

    /// <inheritdoc/>
    public ValueTask<TranslationResult> TranslateAsync(TranslationText text, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(text);
        stop.ThrowIfCancellationRequested();
        text.RequireLimits(ProviderName);
        if (text.IsInTarget) return ValueTask.FromResult(TranslationResult.Unchanged(ProviderName, text));

        PhraseBook book = BookFor(text);
        bool keepsSpanishMarks = text.TargetLanguage == "es";
        var title = new PhraseWriter(book, keepsSpanishMarks);
        var body = new PhraseWriter(book, keepsSpanishMarks);
        return ValueTask.FromResult(new TranslationResult(
            ProviderName, TranslationQuality.RoughAid, title.Write(text.Title), body.Write(text.Body), title.Words + body.Words, title.Untranslated + body.Untranslated));
    }

    private PhraseBook BookFor(TranslationText text)
    {
        if (text.TargetLanguage == English && _toEnglish.TryGetValue(text.SourceLanguage, out PhraseBook? to)) return to;
        if (text.SourceLanguage == English && _fromEnglish.TryGetValue(text.TargetLanguage, out PhraseBook? from)) return from;

        throw new TranslationFailedException(ProviderName, isDefinite: true,
            $"The phrase book does not translate from '{text.SourceLanguage}' to '{text.TargetLanguage}'; "
            + $"it has English with {string.Join(", ", _toEnglish.Keys.Order(StringComparer.Ordinal))}.");
    }
}
