namespace TicketFlow.Inquiries.Language;

/// <summary>What speaks for the best language of a text, and against it; the judgement on it is pure and in one place.</summary>
internal sealed record LanguageEvidence
{
    /// <summary>A word this much below its own best language speaks against the language of the text.</summary>
    public const float AgainstNats = -3;

    /// <summary>Below this confidence a person has to look at the text.</summary>
    public const double ConfidenceMin = 0.5;

    private const int LettersMin = 10;

    public required string Code { get; init; }

    public required bool IsKnown { get; init; }

    public required int Words { get; init; }

    /// <summary>Letters in all words.</summary>
    public required int Letters { get; init; }

    public required int KnownWords { get; init; }

    public required int FunctionWords { get; init; }

    /// <summary>Share of the letters that are in words which the profile has.</summary>
    public required double KnownShare { get; init; }

    /// <summary>Share of the letters that are in words which fit another language far better.</summary>
    public required double AgainstShare { get; init; }

    /// <summary>How far the best language is ahead of the next one.</summary>
    public required double MarginNats { get; init; }

    /// <summary>How far, in the mean, a word is behind its own best language.</summary>
    public required double MeanNats { get; init; }

    /// <summary>How unlikely a letter of the text is in the best language, in the mean.</summary>
    public required double LetterNats { get; init; }

    /// <summary>Share of the words with a letter that the best language does not write.</summary>
    public required double ForeignShare { get; init; }

    /// <summary>The answer: the best language when it is known and the evidence is good enough, else undetermined.</summary>
    /// <remarks>
    /// The weights are those of a logistic regression, rounded, over the training sentences, each left out of the training once, and over sentences of every
    /// neighbour with its profile left out: what an unheard-of language looks like. Two rules come on top, for texts too short
    /// for shares to mean anything, and for lists of names and commands.
    /// </remarks>
    public DetectedLanguage Judge()
    {
        if (!IsKnown || KnownWords == 0 || Letters < LettersMin) return DetectedLanguage.Undetermined;
        if (IsListOfNames) return DetectedLanguage.Undetermined;

        double confidence = 1 / (1 + Math.Exp(-Evidence()));
        return confidence >= ConfidenceMin ? new DetectedLanguage(Code, Math.Round(confidence, 3)) : DetectedLanguage.Undetermined;
    }

    /// <summary>Sentences have small words in them. Commands and logs have none, and mostly look like English; elsewhere a clear lead makes up for it.</summary>
    private bool IsListOfNames => FunctionWords == 0 && Words > KnownWords + 1 && (Code == "en" || MarginNats < Words * 2);

    private double Evidence() =>
        1.0
        + (2.15 * Math.Min(MarginNats / Words, 3))
        + (1.4 * MeanNats)
        - (1.3 * LetterNats)
        + (5.2 * Math.Min((double)FunctionWords / Words, 0.4))
        - (1.4 * KnownShare)
        + (5.7 * AgainstShare)
        - (6.7 * Math.Min(ForeignShare, 0.3))
        - (0.3 * Math.Log(Math.Min(Words, 20)));
}
