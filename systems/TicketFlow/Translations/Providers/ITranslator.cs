namespace TicketFlow.Translations.Providers;

/// <summary>Translates inquiries into English and answers back. The border to whatever does it.</summary>
internal interface ITranslator
{
    /// <summary>Translates a text; one that is in the wanted language already comes back as it is.</summary>
    /// <exception cref="TranslationFailedException">It did not work; the exception says whether trying again can help.</exception>
    ValueTask<TranslationResult> TranslateAsync(TranslationText text, CancellationToken stop);
}
