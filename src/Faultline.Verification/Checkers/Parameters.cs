using System.Text.Json;

namespace Faultline.Verification.Checkers;

/// <summary>Reads the parameters of a checker. A wrong one throws: the finding is then inconclusive, with this text.</summary>
public static class Parameters
{
    /// <summary>A duration in seconds.</summary>
    /// <param name="context">The context of the checker.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="usual">What holds when it is not set.</param>
    public static TimeSpan Seconds(this CheckContext context, string name, TimeSpan usual) =>
        !context.Parameters.TryGetValue(name, out JsonElement value) ? usual
        : value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentException($"{name} is {value.GetRawText()}; it must be a number of seconds above 0 and at most 86400");

    /// <summary>A count; there is no usual one.</summary>
    /// <param name="context">The context of the checker.</param>
    /// <param name="name">The parameter.</param>
    public static long Count(this CheckContext context, string name) =>
        context.Parameters.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long count) && count is >= 0 and <= 1_000_000_000
            ? count
            : throw new ArgumentException($"{name} is {(value.ValueKind == JsonValueKind.Undefined ? "missing" : value.GetRawText())}; it must be a whole number from 0 to 1000000000");

    /// <summary>A name; there is no usual one.</summary>
    /// <param name="context">The context of the checker.</param>
    /// <param name="name">The parameter.</param>
    public static string Text(this CheckContext context, string name) =>
        context.Parameters.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new ArgumentException($"{name} is {(value.ValueKind == JsonValueKind.Undefined ? "missing" : value.GetRawText())}; it must be a name");

    /// <summary>A flag.</summary>
    /// <param name="context">The context of the checker.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="usual">What holds when it is not set.</param>
    public static bool Flag(this CheckContext context, string name, bool usual) =>
        !context.Parameters.TryGetValue(name, out JsonElement value) ? usual
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw new ArgumentException($"{name} is {value.GetRawText()}; it must be true or false");

    /// <summary>A list of names.</summary>
    /// <param name="context">The context of the checker.</param>
    /// <param name="name">The parameter.</param>
    public static IReadOnlyList<string> Names(this CheckContext context, string name) =>
        !context.Parameters.TryGetValue(name, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : throw new ArgumentException($"{name} is {value.GetRawText()}; it must be a list of names");
}
