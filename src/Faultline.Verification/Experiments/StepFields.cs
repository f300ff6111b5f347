using System.Globalization;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>The HTTP steps of a workload with their values, wherever they are written: in an experiment, or in the description of a system of the user's own.</summary>
internal sealed class StepFields(SystemDescription? system)
{
    public const int StepsMax = 100;

    private const int AttemptsMaxMax = 1_000;
    private const int PickMax = 1_000;
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly TimeSpan WithinMax = TimeSpan.FromMinutes(5);

    private readonly HashSet<string> _names = [.. Placeholders.Always];

    /// <summary>Everything that <c>steps</c>, <c>values</c> and <c>subject</c> say; no steps when there are none.</summary>
    public (IReadOnlyList<HttpStep> Steps, IReadOnlyList<DrawnValue> Values, string? Subject) Read(Fields workload)
    {
        IReadOnlyList<DrawnValue> values = Values(workload);
        var steps = new List<HttpStep>();
        foreach ((YamlNode item, string path) in workload.List("steps", StepsMax))
        {
            if (item is not YamlMappingNode map) workload.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be a mapping with service, method and path");
            else if (Step(new Fields(map, path, workload.Problems)) is { } step) steps.Add(step);
        }

        string? subject = workload.Text("subject");
        if (subject is not null) CheckNames(workload, "subject", Placeholders.In(subject));
        if (!workload.Has("steps"))
        {
            foreach (string name in (string[])["values", "subject"]) if (workload.Has(name)) workload.Problem(name, "says nothing here; it belongs to a workload with steps");
        }

        return (steps, values, subject);
    }

    private HttpStep? Step(Fields step)
    {
        step.Required("service", "a service of the system");
        string? service = ExperimentFields.Service(step, "service", system);
        if (service is not null && system?.Find(service) is { Listens: false } or { IsHttp: false }) step.Problem("service", $"is '{service}', which does not listen for HTTP; steps are HTTP requests");
        string? method = step.OneOf("method", Methods);
        string? path = ExperimentFields.HttpPath(step, required: true);
        if (path is not null) CheckNames(step, "path", Placeholders.In(path));
        (string? text, JsonElement? json) = Body(step, method);
        var read = new HttpStep(service ?? "", method ?? "POST", path ?? "/", text)
        {
            Json = json,
            Headers = Headers(step),
            Expect = Statuses(step, "expect"),
            Within = step.Duration("within", TimeSpan.FromMilliseconds(1), WithinMax) ?? TimeSpan.FromSeconds(5),
        };
        if (step.Map("retry") is { } retry)
        {
            if (!retry.Has("attempts")) step.Problems.Add(retry.Line, $"{retry.At("attempts")} is missing; it must be a whole number from 1 to {AttemptsMaxMax}");
            read = read with { AttemptsMax = (int)(retry.Whole("attempts", 1, AttemptsMaxMax) ?? 1), Pause = retry.Duration("pause", TimeSpan.Zero, TimeSpan.FromMinutes(1)) ?? read.Pause };
            retry.End();
        }

        read = read with { Capture = Captures(step) }; // Last: what it captures is there for the steps after it.
        step.End();
        return service is null || path is null ? null : read;
    }

    private (string? Text, JsonElement? Json) Body(Fields step, string? method)
    {
        if (!step.Has("body")) return (null, null);
        if (method == "GET") step.Problem("body", "stands beside GET, which has none");
        if (step.Node("body") is YamlScalarNode { Value: { } text }) return (text, null); // Braces belong to JSON; what is no placeholder stays as it is.

        JsonElement json = step.Json("body")!.Value;
        CheckNames(step, "body", Placeholders.In(json));
        return (null, json);
    }

    private IReadOnlyDictionary<string, string> Headers(Fields step)
    {
        if (step.Map("headers") is not { } map) return HttpStep.None;

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, _) in map.Entries())
        {
            if (map.Text(name, lengthMax: 2_000) is not { } value) continue;
            if (!name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')) map.Problem(name, "is no name of a header; it must be letters, digits, hyphens and underscores");
            CheckNames(map, name, Placeholders.In(value));
            headers[name] = value;
        }

        return headers;
    }

    private IReadOnlyDictionary<string, string> Captures(Fields step)
    {
        if (step.Map("capture") is not { } map) return HttpStep.None;

        var captures = new Dictionary<string, string>();
        foreach ((string name, _) in map.Entries())
        {
            string? path = map.Text(name);
            if (!IsName(name)) map.Problem(name, "is no name; it must be letters, digits, hyphens and underscores, and begin with a letter");
            else if (path is not null && !_names.Add(name)) map.Problem(name, "is a name that is taken; each placeholder has one meaning");
            else if (path is not null) captures[name] = path;
        }

        return captures;
    }

    private List<DrawnValue> Values(Fields workload)
    {
        var values = new List<DrawnValue>();
        if (workload.Map("values") is not { } map) return values;

        foreach ((string name, _) in map.Entries())
        {
            if (!IsName(name)) map.Problem(name, "is no name; it must be letters, digits, hyphens and underscores, and begin with a letter");
            else if (!_names.Add(name)) map.Problem(name, $"is taken by the placeholder {{{name}}} that every operation has");
            if (map.Map(name) is not { } value) continue;

            JsonElement? pick = value.Json("pick");
            long? from = value.Whole("from", int.MinValue, int.MaxValue), to = value.Whole("to", int.MinValue, int.MaxValue);
            bool isPick = pick is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() is > 0 and <= PickMax;
            if (value.Has("pick") == (value.Has("from") || value.Has("to"))) value.Problems.Add(value.Line, $"{value.Path} must have pick (a list of values), or from and to (whole numbers)");
            else if (value.Has("pick") && !isPick) value.Problem("pick", $"is not a list of 1 to {PickMax} values");
            else if (!value.Has("pick") && (from is null || to is null || from > to) && value.Has("from") && value.Has("to")) value.Problem("to", $"is {to}; it must be a whole number from {from} up");
            else if (!value.Has("pick") && !(value.Has("from") && value.Has("to"))) value.Problems.Add(value.Line, $"{value.Path} must have both from and to");
            else values.Add(new DrawnValue(name, isPick ? [.. pick!.Value.EnumerateArray()] : [], (int)(from ?? 0), (int)(to ?? 0)));
            value.End();
        }

        return values;
    }

    /// <summary>A list of HTTP statuses, or one.</summary>
    public static IReadOnlyList<int> Statuses(Fields fields, string name)
    {
        if (fields.Node(name) is null) return [];
        if (fields.Node(name) is not YamlSequenceNode) return fields.Whole(name, 100, 599) is { } one ? [(int)one] : [];

        var statuses = new List<int>();
        foreach ((YamlNode item, string path) in fields.List(name, itemsMax: 100))
        {
            if (item is YamlScalarNode { Value: { } text } && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 100 and <= 599) statuses.Add(status);
            else fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be an HTTP status from 100 to 599");
        }

        return statuses;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 60 && char.IsAsciiLetter(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private void CheckNames(Fields fields, string field, IEnumerable<string> used)
    {
        foreach (string name in used.Where(name => !_names.Contains(name)).Distinct())
        {
            fields.Problem(field, $"has the placeholder {{{name}}}; {Nearest.OneOf(name, _names)}");
        }
    }
}
