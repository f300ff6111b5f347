using TicketFlow.Text;
using System.Reflection;

namespace TicketFlow.Inquiries.Language;

/// <summary>
/// What is known of the languages: how likely a letter is after the three before it, and which words are common. Built once from the embedded training text, never changed.
/// </summary>
/// <remarks>
/// A profile file holds one line of common words that starts with '=', function words first, and sentences of our own. Languages that are not known are there too, as neighbours:
/// a Czech text must have something to be nearer to than Polish.
/// </remarks>
internal sealed class LanguageProfiles
{
    private const int FunctionWordsMax = 110;
    private const float FoldedWeight = 0.5f;
    private const string ResourcePrefix = "language/";

    private readonly Dictionary<string, WordRow> _words;

    private readonly HashSet<char>[] _alphabets;

    private LanguageProfiles(string[] codes, LetterGrams grams, Dictionary<string, WordRow> words, HashSet<char>[] alphabets)
    {
        _alphabets = alphabets;
        Codes = codes;
        Grams = grams;
        _words = words;
        Scripts = [.. codes.Select(code => code is "uk" or "ru" or "be" or "bg" or "sr" or "mk" or "kk" ? LetterScript.Cyrillic : LetterScript.Latin)];
    }

    /// <summary>ISO 639-1 codes, known languages and neighbours.</summary>
    public string[] Codes { get; }

    public LetterScript[] Scripts { get; }

    public LetterGrams Grams { get; }

    /// <summary>Which languages have this word, or none.</summary>
    public WordRow? Find(string word) => _words.GetValueOrDefault(word);

    /// <summary>Whether the word has a letter that the language never writes, such as ы in Ukrainian or å in German.</summary>
    public bool HasForeignLetter(string word, int language)
    {
        foreach (char letter in word)
        {
            if (letter > 'z' && !_alphabets[language].Contains(letter)) return true;
        }

        return false;
    }

    public static LanguageProfiles Load()
    {
        Assembly assembly = typeof(LanguageProfiles).Assembly;
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            using var reader = new StreamReader(stream);
            texts.Add(Path.GetFileNameWithoutExtension(resource), reader.ReadToEnd());
        }

        return Build(texts);
    }

    public static LanguageProfiles Build(IReadOnlyDictionary<string, string> texts)
    {
        string[] codes = [.. texts.Keys];
        var grams = new LetterGrams.Builder(codes.Length);
        var alphabets = new HashSet<char>[codes.Length];
        var rows = new Dictionary<string, WordRow>();
        for (int language = 0; language < codes.Length; language++)
        {
            Dictionary<string, WordCount> counts = Count(texts[codes[language]], german: codes[language] == "de");
            alphabets[language] = AlphabetOf(counts.Keys);
            float total = counts.Values.Sum(word => word.Weight);
            foreach ((string word, WordCount count) in counts)
            {
                grams.Add(language, word, count.Weight);
                if (!rows.TryGetValue(word, out WordRow? row)) rows.Add(word, row = new WordRow());
                row.Add(language, count.Weight / total, count.IsFunctionWord);
            }
        }

        return new LanguageProfiles(codes, grams.Build(), rows, alphabets);
    }

    private static HashSet<char> AlphabetOf(IEnumerable<string> words)
    {
        var letters = new HashSet<char>();
        foreach (string word in words)
        {
            foreach (char letter in word)
            {
                if (letter > 'z') letters.Add(letter);
            }
        }

        return letters;
    }

    private static Dictionary<string, WordCount> Count(string profile, bool german)
    {
        var counts = new Dictionary<string, WordCount>();
        foreach (string line in profile.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            InquiryWords words = InquiryWords.Read(line);
            int place = 0;
            foreach ((string word, _) in words.Latin.Concat(words.Cyrillic))
            {
                bool function = line[0] == '=' && place++ < FunctionWordsMax;
                AddTo(counts, word, 1, function);
                string folded = Fold(word);
                if (folded != word) AddTo(counts, folded, FoldedWeight, function);
                if (german && Spelled(word) is var spelled && spelled != word) AddTo(counts, spelled, FoldedWeight, function);
            }
        }

        return counts;
    }

    private static void AddTo(Dictionary<string, WordCount> counts, string word, float weight, bool function)
    {
        WordCount before = counts.GetValueOrDefault(word);
        counts[word] = new WordCount(before.Weight + weight, before.IsFunctionWord || function);
    }

    private static string Fold(string word) => string.Create(word.Length, word, static (folded, source) =>
    {
        for (int i = 0; i < folded.Length; i++) folded[i] = Letters.WithoutAccent(source[i]);
    });

    private static string Spelled(string word) => word.Replace("ä", "ae").Replace("ö", "oe").Replace("ü", "ue").Replace("ß", "ss");

    private readonly record struct WordCount(float Weight, bool IsFunctionWord);
}
