using System.Text.Json;
using Faultline.Proxy.Problems;
using Microsoft.AspNetCore.Http;

namespace Faultline.Proxy.Control;

/// <summary>Reads the members of a JSON object, in any case of their names, as Toxiproxy does. Each value of a wrong type is a bad body.</summary>
internal readonly struct JsonFields
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly JsonElement _json;
    private readonly string _where;

    public JsonFields(JsonElement json, string where = "")
    {
        if (json.ValueKind is not JsonValueKind.Object) throw ProxyProblems.BadBody($"{(where.Length == 0 ? "the body" : where)} must be a JSON object");
        _json = json;
        _where = where;
    }

    public IEnumerable<JsonProperty> All => _json.EnumerateObject();

    public static async Task<JsonElement> ReadAsync(HttpContext http)
    {
        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw ProxyProblems.BadBody(error.Message);
        }
    }

    public static JsonElement Read(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Lenient);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw ProxyProblems.BadBody(error.Message);
        }
    }

    /// <summary>A member, or null when it is absent or null.</summary>
    public JsonElement? Raw(string name)
    {
        foreach (JsonProperty property in _json.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)) return property.Value.ValueKind is JsonValueKind.Null ? null : property.Value;
        }

        return null;
    }

    public string? Text(string name) => Raw(name) is not { } value ? null : value.ValueKind is JsonValueKind.String ? value.GetString() : throw Wrong(name, "a string");

    public bool? Flag(string name) => Raw(name) is not { } value ? null : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false");

    public double? Number(string name) => Raw(name) is not { } value ? null : NumberOf(value, name);

    public int? Whole(string name) => Raw(name) is not { } value ? null : value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out int whole) ? whole : throw Wrong(name, "a whole number");

    public long? Long(string name) => Raw(name) is not { } value ? null : value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out long whole) ? whole : throw Wrong(name, "a whole number");

    public ulong? Unsigned(string name) =>
        Raw(name) is not { } value ? null : value.ValueKind is JsonValueKind.Number && value.TryGetUInt64(out ulong whole) ? whole : throw Wrong(name, "a whole number of 0 or more");

    public DateTimeOffset? Time(string name) =>
        Raw(name) is not { } value ? null : value.ValueKind is JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset time) ? time : throw Wrong(name, "a time such as 2026-01-31T12:00:00Z");

    public JsonFields? Object(string name) => Raw(name) is not { } value ? null : value.ValueKind is JsonValueKind.Object ? new JsonFields(value, name) : throw Wrong(name, "an object");

    public IEnumerable<JsonElement> List(string name) => Raw(name) is not { } value ? [] : value.ValueKind is JsonValueKind.Array ? value.EnumerateArray() : throw Wrong(name, "a list");

    public IReadOnlyList<string> Texts(string name)
    {
        string where = name;
        JsonFields fields = this;
        return [.. List(name).Select(value => value.ValueKind is JsonValueKind.String ? value.GetString()! : throw fields.Wrong(where, "a list of strings"))];
    }

    /// <summary>Every member of an object of numbers.</summary>
    public IReadOnlyDictionary<string, double> Numbers(string name)
    {
        var numbers = new Dictionary<string, double>();
        if (Object(name) is not { } fields) return numbers;

        foreach (JsonProperty property in fields.All)
        {
            if (property.Value.ValueKind is not JsonValueKind.Null) numbers[property.Name] = fields.NumberOf(property.Value, property.Name);
        }

        return numbers;
    }

    private double NumberOf(JsonElement value, string name) => value.ValueKind is JsonValueKind.Number ? value.GetDouble() : throw Wrong(name, "a number");

    private ProxyException Wrong(string name, string allowed) => ProxyProblems.BadBody($"{(_where.Length == 0 ? name : $"{_where}.{name}")} must be {allowed}");
}
