using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Faultline.Protocol.Faults;
using Faultline.Triggers;

namespace Faultline.Verification.Experiments;

/// <summary>Placeholders such as <c>{operation}</c> in the steps of a workload and in what a system of the user's own is started with. A brace that is no placeholder stands for itself.</summary>
public static partial class Placeholders
{
    /// <summary>The id of the operation.</summary>
    public const string Operation = "operation";

    /// <summary>The number of the operation in its experiment, from 1.</summary>
    public const string Number = "number";

    /// <summary>The seed of the run.</summary>
    public const string Seed = "seed";

    /// <summary>Those that every operation has.</summary>
    public static IReadOnlyList<string> Always { get; } = [Operation, Number, Seed];

    [GeneratedRegex("\\{(?<name>[A-Za-z][A-Za-z0-9_.-]*)\\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern { get; }

    /// <summary>The names in a text, as written.</summary>
    /// <param name="text">Any text.</param>
    public static IReadOnlyList<string> In(string text) => [.. Pattern.Matches(text).Select(match => match.Groups["name"].Value)];

    /// <summary>The names in all strings of a JSON value.</summary>
    /// <param name="json">Any value.</param>
    public static IReadOnlyList<string> In(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => In(json.GetString()!),
        JsonValueKind.Array => [.. json.EnumerateArray().SelectMany(In)],
        JsonValueKind.Object => [.. json.EnumerateObject().SelectMany(property => In(property.Value))],
        _ => [],
    };

    /// <summary>A text with its placeholders filled in; one without a value stays as it is.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="value">The value of a name; null for none.</param>
    public static string Fill(string text, Func<string, string?> value) => Pattern.Replace(text, match => value(match.Groups["name"].Value) ?? match.Value);

    /// <summary>A text with its placeholders filled in from values.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="values">The values by name.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, JsonElement> values) => Fill(text, name => values.TryGetValue(name, out JsonElement value) ? TextOf(value) : null);

    /// <summary>JSON with its placeholders filled in. A string that is one placeholder and nothing else becomes the value as it is, so that a number stays one.</summary>
    /// <param name="json">Any value.</param>
    /// <param name="values">The values by name.</param>
    public static JsonNode? Fill(JsonElement json, IReadOnlyDictionary<string, JsonElement> values) => json.ValueKind switch
    {
        JsonValueKind.String => Whole(json.GetString()!, values) is { } whole ? JsonSerializer.SerializeToNode(whole) : JsonValue.Create(Fill(json.GetString()!, values)),
        JsonValueKind.Array => new JsonArray([.. json.EnumerateArray().Select(item => Fill(item, values))]),
        JsonValueKind.Object => new JsonObject(json.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Fill(property.Value, values)))),
        _ => JsonSerializer.SerializeToNode(json),
    };

    /// <summary>The values of one operation: what each has, and what the seed draws for it.</summary>
    /// <param name="drawn">What is drawn.</param>
    /// <param name="seed">The seed of the workload.</param>
    /// <param name="operationId">The id; the name of a run in it changes no draw.</param>
    /// <param name="number">The number of the operation.</param>
    public static Dictionary<string, JsonElement> ValuesOf(IReadOnlyList<DrawnValue> drawn, Seed seed, string operationId, long number)
    {
        var values = new Dictionary<string, JsonElement>
        {
            [Operation] = JsonSerializer.SerializeToElement(operationId),
            [Number] = JsonSerializer.SerializeToElement(number),
            [Seed] = JsonSerializer.SerializeToElement(seed.Value),
        };
        foreach (DrawnValue value in drawn)
        {
            Dice dice = seed.For($"value/{value.Name}", OperationIds.WithoutRun(operationId));
            values[value.Name] = value.Pick.Count > 0 ? dice.Pick(value.Pick) : JsonSerializer.SerializeToElement(dice.Between(value.From, value.To));
        }

        return values;
    }

    /// <summary>A value as text.</summary>
    /// <param name="value">Any value.</param>
    public static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static JsonElement? Whole(string text, IReadOnlyDictionary<string, JsonElement> values) =>
        text.Length > 2 && text[0] == '{' && text[^1] == '}' && values.TryGetValue(text[1..^1], out JsonElement value) ? value : null;
}
