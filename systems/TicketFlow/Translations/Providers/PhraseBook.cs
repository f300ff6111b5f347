using System.Text;
using TicketFlow.Text;

namespace TicketFlow.Translations.Providers;

/// <summary>Phrases of one language with their counterparts in another, looked up by their words; read once, never changed.</summary>
internal sealed class PhraseBook
{
    private const string ResourcePrefix = "phrasebook/";
    private const string NoWord = "-";

    private readonly Dictionary<string, string> _exact = [];
    private readonly Dictionary<string, string> _withoutAccents = [];

    private PhraseBook()
    {
    }

    /// <summary>Words of the longest phrase.</summary>
    public int WordsMax { get; private set; }

    /// <summary>The books to English, by language.</summary>
    public static IReadOnlyDictionary<string, PhraseBook> LoadToEnglish() => Load(fromEnglish: false);

    /// <summary>The books from English, by language.</summary>
    public static IReadOnlyDictionary<string, PhraseBook> LoadFromEnglish() => Load(fromEnglish: true);

    /// <summary>Reads entries "one / another = counterpart / another"; "-" is no word at all. Of two entries for the same phrase the first one counts.</summary>
    public static PhraseBook Read(TextReader reader, bool fromEnglish)
    {
        var book = new PhraseBook();
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#') continue;

            string[] sides = line.Split(" = ", StringSplitOptions.TrimEntries);
            if (sides.Length != 2) throw new InvalidDataException($"Line {number} of the phrase book is '{line}'; it must be 'phrase = phrase'.");

            (string from, string to) = fromEnglish ? (sides[1], sides[0]) : (sides[0], sides[1]);
            string target = to.Split(" / ", StringSplitOptions.TrimEntries)[0];
            foreach (string phrase in from.Split(" / ", StringSplitOptions.TrimEntries)) book.Add(phrase, target == NoWord ? "" : target);
        }

        return book;
    }

    /// <summary>The form in which a word is looked up: lower case, one kind of apostrophe.</summary>
    public static string Normal(string word) => string.Create(word.Length, word, static (result, source) =>
    {
        for (int i = 0; i < result.Length; i++) result[i] = TextTokens.IsApostrophe(source[i]) ? '\'' : Letters.ToLower(source[i]);
    });

    /// <summary>The counterpart of a phrase, given as normal words with a space between; also when it was typed without accents.</summary>
    public bool TryFind(string phrase, out string counterpart) => _exact.TryGetValue(phrase, out counterpart!) || _withoutAccents.TryGetValue(phrase, out counterpart!);

    private static Dictionary<string, PhraseBook> Load(bool fromEnglish)
    {
        var books = new Dictionary<string, PhraseBook>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in typeof(PhraseBook).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(typeof(PhraseBook).Assembly.GetManifestResourceStream(name)!);
            books.Add(Path.GetFileNameWithoutExtension(name[ResourcePrefix.Length..]), Read(reader, fromEnglish));
        }

        return books;
    }

    private void Add(string phrase, string target)
    {
        if (phrase == NoWord) return;

        List<string> words = [.. TextTokens.Cut(phrase).Where(token => token.Kind == TextTokenKind.Word).Select(token => Normal(token.Text))];
        string key = string.Join(' ', words);
        WordsMax = Math.Max(WordsMax, words.Count);
        _exact.TryAdd(key, target);

        var plain = new StringBuilder(key);
        for (int i = 0; i < plain.Length; i++) plain[i] = Letters.WithoutAccent(plain[i]);
        _withoutAccents.TryAdd(plain.ToString(), target);
    }
}
