using System.Text.Json;

namespace Faultline.Anomalies;

/// <summary>Reads the members of one JSON object and collects every mistake, instead of stopping at the first as a serializer does.</summary>
public sealed class JsonFields
{
    private const int ShownMax = 80;

    private readonly JsonElement _object;
    private readonly string _path;
    private readonly List<ControlProblemFound> _problems;

    /// <summary>Opens an object.</summary>
    /// <param name="json">What should be an object; undefined or null counts as an empty one.</param>
    /// <param name="path">Where it stands in the request; empty for the whole.</param>
    /// <param name="problems">Where mistakes are collected.</param>
    /// <param name="allowed">The names of its members.</param>
    public JsonFields(JsonElement json, string path, List<ControlProblemFound> problems, IReadOnlyCollection<string> allowed)
    {
        (_object, _path, _problems) = (json, path, problems);
        if (json.ValueKind is JsonValueKind.Object)
        {
            foreach (JsonProperty member in json.EnumerateObject().Where(member => !allowed.Contains(member.Name)))
            {
                problems.Add(ControlProblems.UnknownMember.At(PathOf(member.Name), PathOf(member.Name), allowed.Count == 0 ? "none" : string.Join(", ", allowed)));
            }
        }
        else if (json.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            problems.Add(path.Length == 0 ? ControlProblems.NotAnObject.At(path, $"it is {Shown(json)}") : ControlProblems.WrongType.At(path, path, Shown(json), "an object"));
        }
    }

    /// <summary>The path of a member, for messages.</summary>
    /// <param name="name">Its name.</param>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>The member as it is; undefined when absent or null.</summary>
    /// <param name="name">Its name.</param>
    public JsonElement Raw(string name) =>
        _object.ValueKind is JsonValueKind.Object && _object.TryGetProperty(name, out JsonElement member) && member.ValueKind is not JsonValueKind.Null ? member : default;

    /// <summary>Reads a text.</summary>
    /// <param name="name">The member.</param>
    /// <param name="longest">At most so many characters; at least one.</param>
    public string? Text(string name, int longest)
    {
        JsonElement member = Raw(name);
        if (member.ValueKind is JsonValueKind.Undefined) return null;
        if (member.ValueKind is not JsonValueKind.String) return Wrong<string>(name, member, "a text");

        string text = member.GetString()!;
        if (text.Length >= 1 && text.Length <= longest) return text;

        _problems.Add(ControlProblems.OutOfRange.At(PathOf(name), PathOf(name), $"{text.Length} characters long", $"1 to {longest} characters long"));
        return null;
    }

    /// <summary>Reads true or false.</summary>
    /// <param name="name">The member.</param>
    public bool? Bool(string name)
    {
        JsonElement member = Raw(name);
        return member.ValueKind switch
        {
            JsonValueKind.Undefined => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => WrongValue<bool>(name, member, "true or false"),
        };
    }

    /// <summary>Reads a whole number.</summary>
    /// <param name="name">The member.</param>
    /// <param name="min">The smallest.</param>
    /// <param name="max">The largest.</param>
    public long? Whole(string name, long min, long max)
    {
        string allowed = $"a whole number from {min} to {max}";
        JsonElement member = Raw(name);
        if (member.ValueKind is JsonValueKind.Undefined) return null;
        if (member.ValueKind is not JsonValueKind.Number || (!member.TryGetInt64(out long number) && !IsHuge(member))) return WrongValue<long>(name, member, allowed);
        if (member.TryGetInt64(out number) && number >= min && number <= max) return number;

        _problems.Add(ControlProblems.OutOfRange.At(PathOf(name), PathOf(name), Shown(member), allowed));
        return null;
    }

    /// <summary>Reads a number.</summary>
    /// <param name="name">The member.</param>
    public double? Number(string name)
    {
        JsonElement member = Raw(name);
        return member.ValueKind is JsonValueKind.Undefined ? null
            : member.ValueKind is JsonValueKind.Number ? member.GetDouble()
            : WrongValue<double>(name, member, "a number");
    }

    /// <summary>Reads a whole number of 64 bits without sign.</summary>
    /// <param name="name">The member.</param>
    public ulong? Unsigned(string name)
    {
        JsonElement member = Raw(name);
        return member.ValueKind is JsonValueKind.Undefined ? null
            : member.ValueKind is JsonValueKind.Number && member.TryGetUInt64(out ulong number) ? number
            : WrongValue<ulong>(name, member, $"a whole number from 0 to {ulong.MaxValue}");
    }

    /// <summary>Reads an id.</summary>
    /// <param name="name">The member.</param>
    public Guid? Id(string name)
    {
        JsonElement member = Raw(name);
        return member.ValueKind is JsonValueKind.Undefined ? null
            : member.ValueKind is JsonValueKind.String && member.TryGetGuid(out Guid id) && id != Guid.Empty ? id
            : WrongValue<Guid>(name, member, "a UUID, such as 0198f6a2-1c3e-7b4a-9d5f-2e6c8a7b9d10");
    }

    /// <summary>Reads a time.</summary>
    /// <param name="name">The member.</param>
    public DateTimeOffset? Time(string name)
    {
        JsonElement member = Raw(name);
        if (member.ValueKind is JsonValueKind.Undefined) return null;

        // Without an offset a time means another moment on each machine.
        bool isTime = member.ValueKind is JsonValueKind.String && member.TryGetDateTimeOffset(out DateTimeOffset _) && HasOffset(member.GetString()!);
        return isTime ? member.GetDateTimeOffset().ToUniversalTime() : WrongValue<DateTimeOffset>(name, member, "a time with its offset, such as 2026-01-31T12:00:00Z");
    }

    /// <summary>A JSON value as an error message shows it.</summary>
    /// <param name="value">Any.</param>
    internal static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= ShownMax ? text : string.Concat(text.AsSpan(0, ShownMax), "...");
    }

    private static bool HasOffset(string time) => time.EndsWith('Z') || (time.Length > 6 && time[^6] is '+' or '-' && time[^3] == ':');

    private static bool IsHuge(JsonElement number) => number.GetDouble() is var value && Math.Abs(value) >= long.MaxValue && Math.Abs(value) == Math.Floor(Math.Abs(value));

    private T? Wrong<T>(string name, JsonElement member, string allowed)
        where T : class
    {
        _problems.Add(ControlProblems.WrongType.At(PathOf(name), PathOf(name), Shown(member), allowed));
        return null;
    }

    private T? WrongValue<T>(string name, JsonElement member, string allowed)
        where T : struct
    {
        _problems.Add(ControlProblems.WrongType.At(PathOf(name), PathOf(name), Shown(member), allowed));
        return null;
    }
}
