namespace TicketFlow.Text;

/// <summary>What a text that somebody writes must be. Pure.</summary>
internal static class TextRules
{
    /// <summary>The most that a description, a reply or an answer may have, in UTF-16 code units.</summary>
    public const int CharsMax = 5_000;

    /// <summary>What is wrong with a text, for a sentence that begins with its field; null when nothing is. Spaces around it do not count.</summary>
    public static string? Problem(string? value, int charsMin, int charsMax)
    {
        int length = value?.Trim().Length ?? 0;
        if (length < charsMin || length > charsMax) return $"must have {charsMin} to {charsMax} characters; it has {length}";
        // U+0000 cannot be stored in a text of PostgreSQL, and half of a surrogate pair is no character at all.
        if (value!.Contains('\0')) return "must not contain the character U+0000";
        return IsWellFormed(value) ? null : "must be well-formed Unicode; it holds half of a surrogate pair";
    }

    private static bool IsWellFormed(string value)
    {
        for (int index = 0; index < value.Length; index++)
        {
            if (!char.IsSurrogate(value[index])) continue;
            if (!char.IsHighSurrogate(value[index]) || index + 1 >= value.Length || !char.IsLowSurrogate(value[++index])) return false;
        }

        return true;
    }
}
