using System.Collections.Frozen;

namespace TicketFlow.Text;

internal enum LetterScript
{
    None,
    Latin,
    Cyrillic,
    Other,
}

/// <summary>
/// What the detector needs to know of letters: script, lower case, letters without their accents, and letters put together from a base and a combining mark.
/// The tables are our own, because processes run with invariant globalization, where the framework leaves text outside ASCII as it is.
/// </summary>
internal static class Letters
{
    private const string Marks = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030A\u030B\u030C\u0323\u0327\u0328";

    // One row per combining mark above: bases and the letters that they become, in pairs.
    private static readonly string[] Composed =
    [
        "aàeèiìoòuù", "aáeéiíoóuúyýcćlĺnńrŕsśzźгѓкќ", "aâeêiîoôuûgĝhĥjĵsŝcĉwŵyŷ", "aãnñoõiĩuũ", "aāeēiīoōuū", "aăgğuŭий",
        "cċeėgġzż", "aäeëiïoöuüyÿіїеё", "aåuů", "oőuű", "cčdďeěnňrřsštťzžlľ", "aạeẹiịoọuụyỵ", "cçsşgģkķlļnņtţ", "aąeęiįuų",
    ];

    private const string Folds =
        "łlđdøoıißsþtðdəeșsțtæaœoơoưuảaẻeỉiỏoủuỷyấaầaẩaẫaậaắaằaẳaẵaặaếeềeểeễeệeốoồoổoỗoộoớoờoởoỡoợoứuừuửuữuựuỳyỹyẽeĸkŋnħh";

    private static readonly FrozenDictionary<char, char> BaseOf = BuildBases();
    private static readonly FrozenDictionary<(char Base, char Mark), char> Joined = BuildJoined();

    public static LetterScript ScriptOf(char letter) => letter switch
    {
        (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => LetterScript.Latin,
        < '\u00AA' => LetterScript.None,
        '\u00D7' or '\u00F7' => LetterScript.None,
        < '\u00C0' => char.IsLetter(letter) ? LetterScript.Latin : LetterScript.None,
        <= '\u024F' or (>= '\u1E00' and <= '\u1EFF') => LetterScript.Latin,
        >= '\u0400' and <= '\u052F' => char.IsLetter(letter) ? LetterScript.Cyrillic : LetterScript.None,
        _ => char.IsLetter(letter) ? LetterScript.Other : LetterScript.None,
    };

    public static bool IsMark(char letter) => letter is >= '\u0300' and <= '\u036F';

    /// <summary>Characters that are not seen and separate nothing: zero-width ones, soft hyphen, direction marks, variation selectors.</summary>
    public static bool IsInvisible(char letter) => letter is '\u00AD' or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E')
        or (>= '\u2060' and <= '\u206F') or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF';

    public static bool IsApostrophe(char letter) => letter is '\'' or '\u2019' or '\u02BC' or '\u2018' or '`' or '\u00B4';

    public static char ToLower(char letter) => letter switch
    {
        'İ' => 'i',
        'ẞ' => 'ß',
        _ => char.ToLowerInvariant(letter),
    };

    /// <summary>The letter with the mark on it, or the letter alone when there is no such letter.</summary>
    public static char Join(char letter, char mark) => Joined.GetValueOrDefault((letter, mark), letter);

    /// <summary>The letter without accents. Cyrillic letters keep theirs: й and ї are letters, not accents, and people do type them.</summary>
    public static char WithoutAccent(char letter) => letter < '\u0080' ? letter : BaseOf.GetValueOrDefault(letter, letter);

    private static FrozenDictionary<char, char> BuildBases()
    {
        var bases = new Dictionary<char, char>();
        foreach (string row in Composed.Append(Folds))
        {
            bool baseFirst = !ReferenceEquals(row, Folds);
            for (int i = 0; i + 1 < row.Length; i += 2)
            {
                char plain = baseFirst ? row[i] : row[i + 1];
                char accented = baseFirst ? row[i + 1] : row[i];
                if (ScriptOf(accented) == LetterScript.Latin) bases[accented] = plain;
            }
        }

        return bases.ToFrozenDictionary();
    }

    private static FrozenDictionary<(char Base, char Mark), char> BuildJoined()
    {
        var joined = new Dictionary<(char Base, char Mark), char>();
        for (int mark = 0; mark < Marks.Length; mark++)
        {
            string row = Composed[mark];
            for (int i = 0; i + 1 < row.Length; i += 2) joined[(row[i], Marks[mark])] = row[i + 1];
        }

        return joined.ToFrozenDictionary();
    }
}
