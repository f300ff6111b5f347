using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>Workload and hypothesis: what the client does, and what must hold steady.</summary>
internal static partial class ExperimentFields
{
    private static WorkloadSpec? Workload(Fields fields, SystemDescription? system)
    {
        if (!fields.Has("workload"))
        {
            fields.Problems.Add(fields.Line, $"{fields.At("workload")} is missing; it must be a mapping with a name and operations or a duration");
            return null;
        }

        if (fields.Map("workload") is not { } map) return null;

        (IReadOnlyList<HttpStep> steps, IReadOnlyList<DrawnValue> values, string? subject) = new StepFields(system).Read(map);
        string[] names = [.. system?.Workloads.Select(workload => workload.Name) ?? []];
        string? name = steps.Count > 0 ? WorkloadSpec.HttpName : system is null ? map.Text("name") : map.OneOf("name", names);
        if (steps.Count > 0 && map.Has("name")) map.Problem("name", "stands beside 'steps'; a workload has a name or steps");
        if (steps.Count == 0 && !map.Has("name") && !map.Has("steps")) fields.Problems.Add(map.Line, $"{map.At("name")} is missing; {Nearest.OneOf("", names)}");

        long? operations = map.Whole("operations", 1, 100_000_000);
        TimeSpan? duration = map.Duration("duration", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7));
        if (map.Has("operations") == map.Has("duration")) fields.Problems.Add(map.Line, $"{map.Path} must have one of operations and duration; it has {(map.Has("operations") ? "both" : "none")}");
        double? rate = map.Number("rate", 0, 100_000);
        long? concurrency = map.Whole("concurrency", 1, 1_000);
        IReadOnlyDictionary<string, JsonElement> parameters = map.Rest(system?.Workloads.FirstOrDefault(workload => workload.Name == name)?.Parameters ?? []);
        return name is null ? null : new WorkloadSpec
        {
            Name = name,
            Operations = operations,
            Duration = duration,
            RatePerSecond = rate,
            Concurrency = (int)(concurrency ?? 1),
            Parameters = parameters,
            Steps = steps,
            Values = values,
            Subject = subject,
        };
    }

    private static IReadOnlyList<Probe> Hypothesis(Fields fields, SystemDescription? system)
    {
        var probes = new List<Probe>();
        foreach ((YamlNode item, string path) in fields.List("hypothesis", itemsMax: 100))
        {
            if (item is not YamlMappingNode map)
            {
                fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be a probe: a mapping with name, service, and path or figure");
                continue;
            }

            if (OneProbe(new Fields(map, path, fields.Problems), system) is { } probe) probes.Add(probe);
        }

        return probes;
    }

    private static Probe? OneProbe(Fields probe, SystemDescription? system)
    {
        probe.Required("service", "a service of the system");
        string? service = Service(probe, "service", system);
        string? path = HttpPath(probe, required: false);
        string? figure = probe.OneOf("figure", Probe.Figures);
        if (figure is not null && service is not null && system?.Find(service) is { IsOwn: true }) probe.Problem("figure", $"is '{figure}', and {service} is a program of your own, which has no messaging of the lab; it can be probed over HTTP, with path");
        if (path is not null && service is not null && system?.Find(service) is { Listens: false } or { IsHttp: false }) probe.Problem("path", $"is '{path}', and {service} does not listen for HTTP");
        if (probe.Has("path") == probe.Has("figure")) probe.Problems.Add(probe.Line, $"{probe.Path} must have one of path (an HTTP probe) and figure; it has {(probe.Has("path") ? "both" : "none")}");
        if (probe.Has("figure")) Misplaced(probe, "status", "within");
        else Misplaced(probe, "max");
        long? status = probe.Whole("status", 100, 599);
        TimeSpan? within = probe.Duration("within", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(5));
        long? max = probe.Whole("max", 0, long.MaxValue);
        double? atLeast = probe.Number("atLeast", 0, 1);
        IReadOnlyList<string> when = probe.Names("when", Probe.Times);
        string? name = probe.Text("name");
        probe.End();
        return service is null ? null : new Probe
        {
            Name = name ?? $"{service} {path ?? figure}",
            Service = service,
            Path = path,
            Figure = figure,
            Status = (int)(status ?? 200),
            Within = within ?? TimeSpan.FromSeconds(2),
            Max = max ?? 0,
            AtLeast = atLeast ?? 1,
            When = when.Count > 0 ? when : Probe.Times,
        };
    }

    private static void Misplaced(Fields probe, params string[] names)
    {
        foreach (string name in names.Where(probe.Has)) probe.Problem(name, $"says nothing here; it belongs to a probe with {(name == "max" ? "figure" : "path")}");
    }

    public static string? HttpPath(Fields fields, bool required)
    {
        string? path = required ? fields.Required("path", "a path that begins with /") : fields.Text("path");
        if (path is null || path.StartsWith('/')) return path;

        fields.Problem("path", $"is '{path}'; it must begin with /");
        return null;
    }
}
