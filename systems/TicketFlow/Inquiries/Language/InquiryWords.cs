using TicketFlow.Text;
using System.Text;

namespace TicketFlow.Inquiries.Language;

/// <summary>A word in lower case. One with a capital inside a sentence may be a name, which says little about the language around it.</summary>
internal readonly record struct InquiryWord(string Text, bool MayBeName);

/// <summary>The words of a text that say something about its language, in lower case, and how much of the text is in which script.</summary>
/// <remarks>
/// Left out: addresses, file names, identifiers, tags, abbreviations in capitals, everything with a digit in it, whole lines that look like code or a log,
/// and what is in quotation marks, as long as enough is left: people quote error messages in the language of the program.
/// One pass over at most <see cref="CharsMax"/> characters; what is behind them cannot change what language the first pages are in.
/// </remarks>
internal sealed class InquiryWords
{
    public const int CharsMax = 12_000;
    public const int WordsMax = 1_200;
    private const int UnquotedLettersMin = 20;
    private const int WordLettersMax = 40;
    private const int TagCharsMax = 80;
    private const double CodeSymbolShare = 0.14;
    private const string CodeSymbols = "{}[]()<>=;|&$#*\\_^~+%/\"";

    private readonly StringBuilder _word = new();
    private readonly bool _mostlyCapitals;
    private readonly List<InquiryWord> _quotedLatin = [];
    private readonly List<InquiryWord> _quotedCyrillic = [];
    private bool _inQuotes;
    private bool _atStart = true;

    private InquiryWords(ReadOnlySpan<char> text)
    {
        int capitals = 0;
        int letters = 0;
        foreach (char c in text)
        {
            if (!char.IsLetter(c)) continue;
            letters++;
            if (char.IsUpper(c)) capitals++;
        }

        _mostlyCapitals = capitals * 10 > letters * 6;
    }

    public List<InquiryWord> Latin { get; } = [];

    public List<InquiryWord> Cyrillic { get; } = [];

    public int OtherLetters { get; private set; }

    public static InquiryWords Read(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan(0, Math.Min(text.Length, CharsMax));
        var words = new InquiryWords(rest);
        foreach (ReadOnlySpan<char> line in rest.EnumerateLines())
        {
            if (!LooksLikeCode(line)) words.ReadQuotes(line);
        }

        if (Count(words.Latin) + Count(words.Cyrillic) < UnquotedLettersMin)
        {
            words.Latin.AddRange(words._quotedLatin);
            words.Cyrillic.AddRange(words._quotedCyrillic);
        }

        return words;
    }

    /// <summary>Letters in all of the words.</summary>
    public static int Count(List<InquiryWord> words)
    {
        int letters = 0;
        foreach (InquiryWord word in words) letters += word.Text.Length;
        return letters;
    }

    private static bool IsQuote(char c) => c is '"' or '\u201C' or '\u201D' or '\u201E' or '\u00AB' or '\u00BB';

    private static bool LooksLikeCode(ReadOnlySpan<char> line)
    {
        int symbols = 0;
        int visible = 0;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '<' && TagEnd(line, i) is var end and > 0)
            {
                i = end;
                continue;
            }

            if (char.IsWhiteSpace(c)) continue;
            visible++;
            if (CodeSymbols.Contains(c)) symbols++;
        }

        return symbols >= 3 && symbols > visible * CodeSymbolShare;
    }

    /// <summary>Where the tag that begins here ends, or 0 when this is no tag.</summary>
    private static int TagEnd(ReadOnlySpan<char> line, int start)
    {
        if (start + 2 >= line.Length || !(char.IsAsciiLetter(line[start + 1]) || line[start + 1] is '/' or '!')) return 0;
        int length = line.Slice(start, Math.Min(TagCharsMax, line.Length - start)).IndexOf('>');
        return length > 0 ? start + length : 0;
    }

    private void ReadQuotes(ReadOnlySpan<char> line)
    {
        int quotes = 0;
        foreach (char c in line)
        {
            if (IsQuote(c)) quotes++;
        }

        bool paired = quotes % 2 == 0;
        int start = 0;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && !IsQuote(line[i])) continue;
            ReadLine(line[start..i]);
            start = i + 1;
            _inQuotes = paired && i < line.Length && !_inQuotes;
            _atStart |= _inQuotes;
        }

        _atStart = true;
    }

    private void ReadLine(ReadOnlySpan<char> line)
    {
        int start = 0;
        for (int i = 0; i <= line.Length; i++)
        {
            bool tag = i < line.Length && line[i] == '<';
            if (i < line.Length && !tag && !char.IsWhiteSpace(line[i])) continue;
            if (i > start) ReadChunk(line[start..i]);
            if (tag && TagEnd(line, i) is var end and > 0) i = end;
            start = i + 1;
            if (Latin.Count + Cyrillic.Count + _quotedLatin.Count + _quotedCyrillic.Count >= WordsMax) return;
        }
    }

    private void ReadChunk(ReadOnlySpan<char> chunk)
    {
        if (IsAddressOrName(chunk)) return;
        bool afterThis = chunk[^1] is '.' or '!' or '?' or ':' or ';' or '\u2026' or '-' or '\u2013';
        _word.Clear();
        LetterScript script = LetterScript.None;
        foreach (char c in chunk)
        {
            if (Letters.IsInvisible(c)) continue;
            if (Letters.IsMark(c))
            {
                if (_word.Length > 0) _word[^1] = Letters.Join(_word[^1], c);
                continue;
            }

            if (_word.Length > 0 && Letters.IsApostrophe(c))
            {
                _word.Append('\'');
                if (script == LetterScript.Latin) EndWord(ref script);
                continue;
            }

            LetterScript now = Letters.ScriptOf(c);
            if (now != script) EndWord(ref script);
            script = now;
            if (now == LetterScript.Other) OtherLetters++;
            if (now is LetterScript.Latin or LetterScript.Cyrillic) _word.Append(c);
        }

        EndWord(ref script);
        _atStart = afterThis;
    }

    /// <summary>Mail and web addresses, paths, file names, identifiers, codes with digits.</summary>
    private static bool IsAddressOrName(ReadOnlySpan<char> chunk)
    {
        if (chunk.IndexOfAny('@', '_', '\\') >= 0 || chunk.ContainsAnyInRange('0', '9') || chunk.Contains("://", StringComparison.Ordinal)) return true;
        int dots = 0;
        for (int i = 1; i + 1 < chunk.Length; i++)
        {
            bool between = char.IsLetter(chunk[i - 1]) && char.IsLetter(chunk[i + 1]);
            if (chunk[i] is '.' && between && i > 1 && (++dots > 1 || char.IsAsciiLetterLower(chunk[i + 1]))) return true;
            if (chunk[i] is ':' or '=' or '(' or '[' && between) return true;
        }

        return false;
    }

    private void EndWord(ref LetterScript script)
    {
        LetterScript ended = script;
        script = LetterScript.None;
        if (_word.Length == 0) return;

        string? word = Normal(_word);
        bool mayBeName = !_atStart && !_mostlyCapitals && char.IsUpper(_word[0]);
        _atStart = false;
        _word.Clear();
        if (word is null) return;

        List<InquiryWord> words = (ended, _inQuotes) switch
        {
            (LetterScript.Cyrillic, false) => Cyrillic,
            (LetterScript.Cyrillic, true) => _quotedCyrillic,
            (_, false) => Latin,
            _ => _quotedLatin,
        };
        words.Add(new InquiryWord(word, mayBeName));
    }

    private string? Normal(StringBuilder letters)
    {
        int length = Math.Min(letters.Length, WordLettersMax);
        int capitals = 0;
        bool inner = false;
        Span<char> lower = stackalloc char[WordLettersMax];
        for (int i = 0; i < length; i++)
        {
            char c = letters[i];
            bool capital = char.IsUpper(c);
            if (capital) capitals++;
            inner |= capital && i > 0 && !char.IsUpper(letters[i - 1]);
            lower[i] = Letters.ToLower(c);
        }

        bool abbreviation = !_mostlyCapitals && (inner || (capitals > 1 && capitals == length));
        return abbreviation ? null : new string(lower[..length]);
    }
}
