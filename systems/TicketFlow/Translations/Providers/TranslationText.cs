namespace TicketFlow.Translations.Providers;

/// <summary>What is to be translated.</summary>
/// <param name="SourceLanguage">ISO 639-1 code of the language of the text.</param>
/// <param name="TargetLanguage">ISO 639-1 code of the wanted language.</param>
/// <param name="Title">At most <see cref="TitleCharsMax"/> characters; empty when there is none, as in an answer.</param>
/// <param name="Body">At most <see cref="BodyCharsMax"/> characters.</param>
internal sealed record TranslationText(string SourceLanguage, string TargetLanguage, string Title, string Body)
{
    /// <summary>The limit of an inquiry's title.</summary>
    public const int TitleCharsMax = 120;

    /// <summary>The limit of an inquiry's description.</summary>
    public const int BodyCharsMax = 5_000;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsInTarget => string.Equals(SourceLanguage, TargetLanguage, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses a text that is longer than it can be.</summary>
    /// <exception cref="TranslationFailedException">Title or body is too long; definite.</exception>
    public void RequireLimits(string provider)
    {
        if (Title.Length > TitleCharsMax) throw TooLong(provider, "title", Title.Length, TitleCharsMax);
        if (Body.Length > BodyCharsMax) throw TooLong(provider, "body", Body.Length, BodyCharsMax);
    }

    private static TranslationFailedException TooLong(string provider, string part, int chars, int charsMax) =>
        new(provider, isDefinite: true, $"The {part} has {chars} characters; a translator takes at most {charsMax}.");
}
