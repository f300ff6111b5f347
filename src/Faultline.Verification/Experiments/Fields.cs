using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>
/// Reads the fields of one mapping. Every problem is noted with its line and reading goes on, so that a person sees all of them at once. A field that nobody
/// asked for is a problem too: a misspelt name must not be a setting that silently does nothing.
/// </summary>
internal sealed class Fields(YamlMappingNode node, string path, ProblemList problems, YamlMappingNode? defaults = null)
{
    private const int DepthMax = 16;
    private readonly HashSet<string> _asked = [];

    public int Line => (int)node.Start.Line;

    public ProblemList Problems => problems;

    public string Path => path;

    /// <summary>The node of a field, or of the same field of the defaults.</summary>
    public YamlNode? Node(string name)
    {
        _asked.Add(name);
        return Find(node, name) ?? (defaults is null ? null : Find(defaults, name));
    }

    public bool Has(string name) => Node(name) is not null;

    public int LineOf(string name) => (int)(Node(name)?.Start.Line ?? node.Start.Line);

    public void Problem(string name, string text) => problems.Add(LineOf(name), $"{At(name)} {text}");

    public string At(string name) =>
        defaults is not null && Find(node, name) is null && Find(defaults, name) is not null ? $"defaults.{name}" : path.Length == 0 ? name : $"{path}.{name}";

    public string? Text(string name, int lengthMax = 200)
    {
        switch (Node(name))
        {
            case null: return null;
            case YamlScalarNode { Value: { Length: > 0 } text } when text.Length <= lengthMax && !text.Any(char.IsControl): return text;
            case YamlScalarNode { Value: { Length: > 0 } text }:
                Problem(name, text.Length > lengthMax ? $"has {text.Length} characters; at most {lengthMax} are allowed" : "has control characters; only text in one line is allowed");
                return null;
            default:
                Problem(name, "is not text");
                return null;
        }
    }

    public string? Required(string name, string what)
    {
        if (!Has(name)) problems.Add(Line, $"{At(name)} is missing; it must be {what}");
        return Text(name);
    }

    /// <summary>A name that must be one of a list.</summary>
    public string? OneOf(string name, IReadOnlyList<string> allowed)
    {
        string? text = Text(name);
        if (text is null || allowed.Contains(text)) return text;

        Problem(name, $"is '{text}'; {Nearest.OneOf(text, allowed)}");
        return null;
    }

    public long? Whole(string name, long low, long high)
    {
        if (Node(name) is not { } value) return null;

        if (value is YamlScalarNode { Value: { } text } && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= low && number <= high) return number;

        Problem(name, $"is {Show(value)}; it must be a whole number from {low} to {high}");
        return null;
    }

    public ulong? Unsigned(string name)
    {
        if (Node(name) is not { } value) return null;

        if (value is YamlScalarNode { Value: { } text } && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)) return number;

        Problem(name, $"is {Show(value)}; it must be a whole number from 0 to {ulong.MaxValue}");
        return null;
    }

    /// <summary>A number above a limit, up to another.</summary>
    public double? Number(string name, double above, double upTo)
    {
        if (Node(name) is not { } value) return null;

        if (value is YamlScalarNode { Value: { } text } && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
            && number > above && number <= upTo) return number;

        Problem(name, string.Create(CultureInfo.InvariantCulture, $"is {Show(value)}; it must be a number above {above} and at most {upTo}"));
        return null;
    }

    public bool? Flag(string name)
    {
        if (Node(name) is not { } value) return null;

        if (value is YamlScalarNode { Value: "true" or "false" } scalar) return scalar.Value == "true";

        Problem(name, $"is {Show(value)}; it must be true or false");
        return null;
    }

    public TimeSpan? Duration(string name, TimeSpan low, TimeSpan high)
    {
        if (Node(name) is not { } value) return null;

        if (value is YamlScalarNode { Value: { } text } && Durations.Read(text) is { } time && time >= low && time <= high) return time;

        Problem(name, $"is {Show(value)}; it must be a duration from {Durations.Write(low)} to {Durations.Write(high)}, for example 500ms, 2s, 1m30s");
        return null;
    }

    public Fields? Map(string name)
    {
        switch (Node(name))
        {
            case null: return null;
            case YamlMappingNode map: return new Fields(map, At(name), problems);
            case var other:
                Problem(name, $"is {Show(other)}; it must be a mapping of names to values");
                return null;
        }
    }

    /// <summary>The items of a list, each with its path. A single value is not taken for a list of one.</summary>
    public IReadOnlyList<(YamlNode Node, string Path)> List(string name, int itemsMax = 1_000)
    {
        switch (Node(name))
        {
            case null: return [];
            case YamlSequenceNode list when list.Children.Count <= itemsMax: return [.. list.Children.Select((item, index) => (item, $"{At(name)}[{index}]"))];
            case YamlSequenceNode list:
                Problem(name, $"has {list.Children.Count} items; at most {itemsMax} are allowed");
                return [];
            case var other:
                Problem(name, $"is {Show(other)}; it must be a list");
                return [];
        }
    }

    public IReadOnlyList<string> Names(string name, IReadOnlyList<string> allowed)
    {
        var names = new List<string>();
        foreach ((YamlNode item, string at) in List(name))
        {
            if (item is not YamlScalarNode { Value: { } text }) problems.Add((int)item.Start.Line, $"{at} is {Show(item)}; {Nearest.OneOf("", allowed)}");
            else if (!allowed.Contains(text)) problems.Add((int)item.Start.Line, $"{at} is '{text}'; {Nearest.OneOf(text, allowed)}");
            else names.Add(text);
        }

        return names;
    }

    /// <summary>Every field that no other question took, as JSON.</summary>
    public IReadOnlyDictionary<string, JsonElement> Rest(IReadOnlyList<string> allowed)
    {
        var rest = new Dictionary<string, JsonElement>();
        foreach ((YamlNode key, YamlNode value) in node.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } || _asked.Contains(name)) continue;

            _asked.Add(name);
            if (allowed.Contains(name)) rest[name] = JsonSerializer.SerializeToElement(Json(value, DepthMax));
            else problems.Add((int)key.Start.Line, $"{At(name)} is not known; {Nearest.OneOf(name, [.. _asked.Except([name]).Concat(allowed).Distinct()])}");
        }

        return rest;
    }

    /// <summary>A field as JSON; null when it is not there.</summary>
    public JsonElement? Json(string name) => Node(name) is { } value ? JsonSerializer.SerializeToElement(Json(value, DepthMax)) : null;

    /// <summary>Notes every field that nobody asked for.</summary>
    public void End()
    {
        foreach ((YamlNode key, _) in node.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? Show(key);
            if (!_asked.Contains(name)) problems.Add((int)key.Start.Line, $"{At(name)} is not known; {Nearest.OneOf(name, _asked)}");
        }
    }

    public static string Show(YamlNode node) => node switch
    {
        YamlScalarNode { Value: null or "" } => "empty",
        YamlScalarNode { Value: { Length: > 80 } text } => $"'{text[..80]}…'",
        YamlScalarNode scalar => $"'{scalar.Value}'",
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };

    /// <summary>The keys and whole-number values of a mapping of weights.</summary>
    public IEnumerable<(string Name, YamlNode Value)> Entries() => node.Children.Select(child => ((child.Key as YamlScalarNode)?.Value ?? "", child.Value));

    private JsonNode? Json(YamlNode value, int depth)
    {
        if (depth == 0)
        {
            problems.Add((int)value.Start.Line, $"{path} is nested more than {DepthMax} levels deep");
            return null;
        }

        return value switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create((child.Key as YamlScalarNode)?.Value ?? "", Json(child.Value, depth - 1)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(item => Json(item, depth - 1))]),
            YamlScalarNode { Style: not ScalarStyle.Plain } text => JsonValue.Create(text.Value),
            YamlScalarNode { Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
            YamlScalarNode { Value: "null" or "~" or "" or null } => null,
            YamlScalarNode number when long.TryParse(number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => JsonValue.Create(whole),
            YamlScalarNode number when decimal.TryParse(number.Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal fraction) => JsonValue.Create(fraction),
            _ => JsonValue.Create(((YamlScalarNode)value).Value),
        };
    }

    private static YamlNode? Find(YamlMappingNode map, string name)
    {
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            if (key is YamlScalarNode scalar && scalar.Value == name) return value;
        }

        return null;
    }
}

/// <summary>Problems as they are found.</summary>
internal sealed class ProblemList
{
    private readonly List<Problem> _problems = [];

    public int Count => _problems.Count;

    public IReadOnlyList<Problem> Sorted => [.. _problems.Distinct().OrderBy(problem => problem.Line)];

    public void Add(int line, string text) => _problems.Add(new Problem(line, text));
}
