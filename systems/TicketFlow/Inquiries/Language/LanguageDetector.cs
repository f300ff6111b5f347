using TicketFlow.Text;
namespace TicketFlow.Inquiries.Language;

/// <summary>Says which of the known languages a text is in, without any call to the outside.</summary>
/// <remarks>
/// Each word is scored in every profile by its letters and by how common it is; the scores add up, and the best language has to win clearly, with words that it really has.
/// A neighbour that wins (Czech, Dutch, Russian, ...) means <see cref="DetectedLanguage.UndeterminedCode"/>, and so does everything in doubt: a person looks at it then.
/// Building one reads the profiles (some tens of milliseconds), so share one instance; it never changes and any number of threads may use it.
/// The time taken is linear in the length of the text up to <see cref="InquiryWords.CharsMax"/> characters, and constant after that.
/// </remarks>
internal sealed class LanguageDetector
{
    private const double KnownWordWeight = 0.4;
    private const float NatsPerWordMax = 7;
    private const float NatsPerNameMax = 2.5f;
    private const double RareNats = 6;
    private const double OtherLetterWeight = 2;
    private const double ScriptShareMin = 0.55;

    private readonly LanguageProfiles _profiles;
    private readonly bool[] _known;

    public LanguageDetector()
        : this(LanguageProfiles.Load())
    {
    }

    internal LanguageDetector(LanguageProfiles profiles)
    {
        _profiles = profiles;
        _known = [.. profiles.Codes.Select(KnownLanguages.Contains)];
    }

    /// <summary>Codes of the languages that are told apart; every other language is undetermined.</summary>
    public static IReadOnlyList<string> KnownLanguages { get; } = ["en", "pl", "de", "fr", "es", "it", "pt", "tr", "uk"];

    /// <summary>The language of the text; for an inquiry give title and description together. Takes any string, never throws.</summary>
    public DetectedLanguage Detect(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        LanguageEvidence? evidence = Weigh(text);
        return evidence is null ? DetectedLanguage.Undetermined : evidence.Judge();
    }

    /// <summary>What speaks for which language; nothing when there are no words, or no script that prevails.</summary>
    private LanguageEvidence? Weigh(string text)
    {
        InquiryWords words = InquiryWords.Read(text);
        int latin = InquiryWords.Count(words.Latin);
        int cyrillic = InquiryWords.Count(words.Cyrillic);
        double all = latin + cyrillic + (words.OtherLetters * OtherLetterWeight);
        LetterScript script = latin >= cyrillic ? LetterScript.Latin : LetterScript.Cyrillic;
        if (all == 0 || Math.Max(latin, cyrillic) < all * ScriptShareMin) return null;

        return Weigh(script == LetterScript.Latin ? words.Latin : words.Cyrillic, script);
    }

    private LanguageEvidence Weigh(List<InquiryWord> words, LetterScript script)
    {
        int languages = _profiles.Codes.Length;
        float[] scores = new float[words.Count * languages];
        double[] totals = new double[languages];
        long[] costs = new long[languages];
        for (int i = 0; i < words.Count; i++)
        {
            Span<float> one = scores.AsSpan(i * languages, languages);
            Score(words[i], script, one, costs);
            for (int language = 0; language < languages; language++) totals[language] += one[language];
        }

        // Galician is between Portuguese and Spanish and far rarer than both: it wins only when it is clearly ahead.
        int rare = Array.IndexOf(_profiles.Codes, "gl");
        if (rare >= 0) totals[rare] -= RareNats;

        int best = -1;
        int second = -1;
        for (int language = 0; language < languages; language++)
        {
            if (_profiles.Scripts[language] != script) continue;
            if (best < 0 || totals[language] > totals[best]) (best, second) = (language, best);
            else if (second < 0 || totals[language] > totals[second]) second = language;
        }

        return Gather(words, scores, totals, best, second, costs[best]);
    }

    /// <summary>Scores a word in nats, zero for the language that it fits best and below zero for the rest, cut off so that one odd name cannot outvote a sentence.</summary>
    private void Score(InquiryWord word, LetterScript script, Span<float> scores, Span<long> costSums)
    {
        Span<int> costs = stackalloc int[scores.Length];
        _profiles.Grams.CostsOf(word.Text, costs);
        for (int language = 0; language < scores.Length; language++)
        {
            scores[language] = -costs[language] / LetterGrams.StepsPerNat;
            costSums[language] += costs[language];
        }

        foreach ((int language, float share) in _profiles.Find(word.Text)?.Entries ?? [])
        {
            scores[language] = (float)Math.Log((KnownWordWeight * share) + ((1 - KnownWordWeight) * Math.Exp(scores[language])));
        }

        float max = word.MayBeName ? NatsPerNameMax : NatsPerWordMax;
        float top = float.NegativeInfinity;
        for (int language = 0; language < scores.Length; language++)
        {
            if (_profiles.Scripts[language] == script) top = Math.Max(top, scores[language]);
        }

        for (int language = 0; language < scores.Length; language++)
        {
            scores[language] = _profiles.Scripts[language] == script ? Math.Max(scores[language] - top, -max) : -max;
        }
    }

    private LanguageEvidence Gather(List<InquiryWord> words, float[] scores, double[] totals, int best, int second, long cost)
    {
        int languages = totals.Length;
        int letters = InquiryWords.Count(words);
        double weights = 0;
        double knownLetters = 0;
        double againstLetters = 0;
        int knownWords = 0;
        int functionWords = 0;
        int foreignWords = 0;
        for (int i = 0; i < words.Count; i++)
        {
            (string word, bool mayBeName) = words[i];
            int weight = Math.Min(word.Length, 10);
            weights += weight;
            if (_profiles.HasForeignLetter(word, best) && !mayBeName) foreignWords++;
            if (scores[(i * languages) + best] < LanguageEvidence.AgainstNats) againstLetters += weight;
            WordRow? row = _profiles.Find(word);
            if (row is null || !row.IsIn(best)) continue;
            knownWords++;
            knownLetters += weight;
            if (row.IsFunctionWordIn(best)) functionWords++;
        }

        return new LanguageEvidence
        {
            Code = _profiles.Codes[best],
            IsKnown = _known[best],
            Words = words.Count,
            Letters = letters,
            KnownWords = knownWords,
            FunctionWords = functionWords,
            KnownShare = knownLetters / weights,
            AgainstShare = againstLetters / weights,
            MarginNats = second < 0 ? NatsPerWordMax : totals[best] - totals[second],
            MeanNats = totals[best] / words.Count,
            LetterNats = cost / LetterGrams.StepsPerNat / (letters + words.Count),
            ForeignShare = (double)foreignWords / words.Count,
        };
    }
}
