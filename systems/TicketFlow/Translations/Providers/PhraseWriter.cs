using System.Text;

namespace TicketFlow.Translations.Providers;

/// <summary>Writes one text with the phrases of a book in place of its own, keeping punctuation, line breaks and capitals at the start of sentences.</summary>
internal sealed class PhraseWriter(PhraseBook book, bool keepsSpanishMarks)
{
    private readonly StringBuilder _output = new();
    private bool _capitalNext;
    private bool _sentenceStart = true;
    private bool _dropSpace;

    /// <summary>Words that wanted a translation.</summary>
    public int Words { get; private set; }

    /// <summary>Words that are marked.</summary>
    public int Untranslated { get; private set; }

    public string Write(string text)
    {
        List<TextToken> tokens = TextTokens.Cut(text);
        int at = 0;
        while (at < tokens.Count)
        {
            at = tokens[at].Kind switch
            {
                TextTokenKind.Between => Between(tokens, at),
                TextTokenKind.Verbatim => Verbatim(tokens, at),
                _ => Phrase(tokens, at),
            };
        }

        return _output.ToString();
    }

    private int Between(List<TextToken> tokens, int at)
    {
        string text = tokens[at].Text;
        if (!keepsSpanishMarks) text = text.Replace("¿", "").Replace("¡", "");
        if (_dropSpace && text.Length > 0 && text[0] == ' ') text = text[1..];
        _dropSpace = false;
        if (text.AsSpan().IndexOfAny('.', '!', '?') >= 0 || text.Contains('\n')) _sentenceStart = true;
        _output.Append(text);
        return at + 1;
    }

    private int Verbatim(List<TextToken> tokens, int at)
    {
        Separate();
        _output.Append(tokens[at].Text);
        _sentenceStart = tokens[at].Text[^1] is '.' or '!' or '?';
        _capitalNext = false;
        _dropSpace = false;
        return at + 1;
    }

    private int Phrase(List<TextToken> tokens, int at)
    {
        (int end, int words, string? counterpart) = Longest(tokens, at);
        string first = tokens[at].Text;
        _dropSpace = false;
        if (counterpart is null)
        {
            end = Mark(tokens, at);
        }
        else
        {
            Words += words;
            bool capital = (_sentenceStart && char.IsUpper(first[0])) || _capitalNext;
            _capitalNext = capital && counterpart.Length == 0;
            _dropSpace = counterpart.Length == 0;
            Append(counterpart, capital, loud: IsLoud(tokens, at, end));
        }

        _sentenceStart = false;
        return end;
    }

    private (int End, int Words, string? Counterpart) Longest(List<TextToken> tokens, int at)
    {
        var phrase = new StringBuilder();
        (int End, int Words, string? Counterpart) best = (at + 1, 1, null);
        int words = 0;
        for (int i = at; i < tokens.Count && words < book.WordsMax; i++)
        {
            if (tokens[i].Kind == TextTokenKind.Between && tokens[i].Text.AsSpan().IndexOfAnyExcept(' ', ',') < 0) continue;
            if (tokens[i].Kind != TextTokenKind.Word) break;

            if (words++ > 0) phrase.Append(' ');
            phrase.Append(PhraseBook.Normal(tokens[i].Text));
            if (book.TryFind(phrase.ToString(), out string counterpart)) best = (i + 1, words, counterpart);
        }

        return best;
    }

    /// <summary>Marks a word that the book does not have; the parts of one with an apostrophe inside are one word.</summary>
    private int Mark(List<TextToken> tokens, int at)
    {
        Separate();
        _output.Append("[[");
        int end = at;
        do
        {
            _output.Append(tokens[end].Text);
            end++;
        }
        while (end < tokens.Count && tokens[end].Kind == TextTokenKind.Word && TextTokens.IsApostrophe(tokens[end - 1].Text[^1]) && Longest(tokens, end).Counterpart is null);

        _output.Append("]]");
        _capitalNext = false;
        Words++;
        Untranslated++;
        return end;
    }

    private void Append(string counterpart, bool capital, bool loud)
    {
        if (counterpart.Length == 0) return;

        Separate();
        if (loud) _output.Append(counterpart.ToUpperInvariant());
        else if (capital) _output.Append(char.ToUpperInvariant(counterpart[0])).Append(counterpart, 1, counterpart.Length - 1);
        else _output.Append(counterpart);
    }

    /// <summary>A space where the text has none, as between l' and adresse.</summary>
    private void Separate()
    {
        if (_output.Length > 0 && (char.IsLetterOrDigit(_output[^1]) || _output[^1] == ']')) _output.Append(' ');
    }

    private static bool IsLoud(List<TextToken> tokens, int at, int end)
    {
        int letters = 0;
        for (int i = at; i < end; i++)
        {
            foreach (char c in tokens[i].Text)
            {
                if (!char.IsLetter(c)) continue;
                if (!char.IsUpper(c)) return false;
                letters++;
            }
        }

        return letters > 1;
    }
}
