using System.Text.Json;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tickets;

/// <summary>Values of enumerations as they are written outside of code.</summary>
internal static class TicketWords
{
    /// <summary>A value as its word, such as <c>awaiting-translation</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => Words<T>.ByValue[value];

    /// <summary>The value of a word that this service wrote itself.</summary>
    public static T Read<T>(string word)
        where T : struct, Enum => TryRead(word, out T value) ? value : throw new InvalidOperationException($"'{word}' is no {typeof(T).Name}");

    /// <summary>The value of a word that somebody else wrote.</summary>
    public static bool TryRead<T>(string? word, out T value)
        where T : struct, Enum => Words<T>.ByWord.TryGetValue(word ?? "", out value);

    /// <summary>All words of an enumeration, for a sentence.</summary>
    public static string All<T>()
        where T : struct, Enum => string.Join(", ", Words<T>.ByWord.Keys);

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly IReadOnlyDictionary<T, string> ByValue = Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

        public static readonly IReadOnlyDictionary<string, T> ByWord = ByValue.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}
