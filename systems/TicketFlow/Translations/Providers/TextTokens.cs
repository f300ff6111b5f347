namespace TicketFlow.Translations.Providers;

/// <summary>A piece of a text: a word, or what is between words.</summary>
internal readonly record struct TextToken(string Text, TextTokenKind Kind);

internal enum TextTokenKind
{
    /// <summary>Spaces, punctuation and symbols.</summary>
    Between,

    /// <summary>A word that wants a translation.</summary>
    Word,

    /// <summary>Numbers, codes, web and mail addresses: kept as they are.</summary>
    Verbatim,
}

/// <summary>Cuts a text into words and what is between them; put together again, the pieces are the text.</summary>
internal static class TextTokens
{
    public static List<TextToken> Cut(string text)
    {
        var tokens = new List<TextToken>();
        int at = 0;
        while (at < text.Length)
        {
            int end = EndOfSpaces(text, at);
            if (end > at)
            {
                tokens.Add(new TextToken(text[at..end], TextTokenKind.Between));
                at = end;
                continue;
            }

            end = EndOfChunk(text, at);
            CutChunk(text[at..end], tokens);
            at = end;
        }

        return tokens;
    }

    /// <summary>Whether the character ends a word and still belongs to it, as in l'adresse.</summary>
    public static bool IsApostrophe(char c) => c is '\'' or '\u2019' or '\u02BC';

    private static int EndOfSpaces(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    private static int EndOfChunk(string text, int at)
    {
        while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    private static void CutChunk(string chunk, List<TextToken> tokens)
    {
        if (IsVerbatim(chunk))
        {
            tokens.Add(new TextToken(chunk, TextTokenKind.Verbatim));
            return;
        }

        int at = 0;
        while (at < chunk.Length)
        {
            int end = at;
            while (end < chunk.Length && IsWordChar(chunk, end)) end++;
            if (end > at)
            {
                if (end < chunk.Length && IsApostrophe(chunk[end])) end++;
                string word = chunk[at..end];
                tokens.Add(new TextToken(word, word.Any(char.IsAsciiDigit) ? TextTokenKind.Verbatim : TextTokenKind.Word));
            }
            else
            {
                while (end < chunk.Length && !IsWordChar(chunk, end)) end++;
                tokens.Add(new TextToken(chunk[at..end], TextTokenKind.Between));
            }

            at = end;
        }
    }

    private static bool IsVerbatim(string chunk) =>
        chunk.Contains('@', StringComparison.Ordinal) || chunk.Contains("://", StringComparison.Ordinal) || chunk.Contains('\\', StringComparison.Ordinal)
        || chunk.StartsWith("www.", StringComparison.OrdinalIgnoreCase);

    // A hyphen inside a word belongs to it (e-mail); combining marks belong to the letter before them.
    private static bool IsWordChar(string text, int at) => char.IsLetterOrDigit(text[at])
        || char.GetUnicodeCategory(text[at]) is System.Globalization.UnicodeCategory.NonSpacingMark
        || (text[at] == '-' && at > 0 && at + 1 < text.Length && char.IsLetter(text[at - 1]) && char.IsLetter(text[at + 1]));
}
