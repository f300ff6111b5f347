namespace TicketFlow.Inquiries.Language;

/// <summary>What the detector says about a text.</summary>
/// <param name="Code">ISO 639-1 code of one of <see cref="LanguageDetector.KnownLanguages"/>, or <see cref="UndeterminedCode"/>.</param>
/// <param name="Confidence">0 to 1. Zero when the code is <see cref="UndeterminedCode"/>: there is no guess to be sure of.</param>
public readonly record struct DetectedLanguage(string Code, double Confidence)
{
    /// <summary>The code for a text in no language that is known, or too little of it to be sure.</summary>
    public const string UndeterminedCode = "und";

    /// <summary>The answer "a person has to look at it".</summary>
    public static DetectedLanguage Undetermined => new(UndeterminedCode, 0);

    /// <summary>Whether the language is one that is known.</summary>
    public bool IsDetermined => Code != UndeterminedCode;
}
