namespace TicketFlow.Translations.Providers;

/// <summary>A translator could not do its work. The message is fit to be shown and holds no secret.</summary>
internal sealed class TranslationFailedException(string provider, bool isDefinite, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Name of the translator.</summary>
    public string Provider { get; } = provider;

    /// <summary>True when the same text will fail again; false when trying later can help.</summary>
    public bool IsDefinite { get; } = isDefinite;
}
