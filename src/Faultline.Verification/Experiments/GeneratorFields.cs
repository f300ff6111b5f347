using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Schedules;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>A generator of a schedule: weights and bounds for what the seed draws.</summary>
internal sealed class GeneratorFields(SystemDescription? system, IReadOnlyList<GuardSpec> guards)
{
    public GeneratorSpec Read(Fields fields)
    {
        (int min, int max) = Count(fields);
        IReadOnlyList<ServiceDescription> services = system?.Services ?? [];
        var spec = new GeneratorSpec
        {
            FaultsMin = min,
            FaultsMax = max,
            Kinds = Weights(fields, "kinds", FaultKinds.All),
            Disruptions = Weights(fields, "disruptions", DisruptionVerbs.ForServices),
            Triggers = Weights(fields, "triggers", ScheduleGenerator.TriggerNames),
            Points = fields.Names("points", [.. FaultPoints.All.Select(point => point.Name)]),
            Services = Services(fields),
            Messages = fields.Names("messages", [.. services.SelectMany(service => service.Publishes.Concat(service.Consumes)).Select(contract => contract.Type).Distinct().Order(StringComparer.Ordinal)]),
            From = fields.Duration("from", TimeSpan.Zero, TimeSpan.FromHours(24)) ?? TimeSpan.Zero,
            Until = fields.Duration("until", TimeSpan.Zero, TimeSpan.FromHours(24)) ?? TimeSpan.FromSeconds(10),
            Destructive = fields.Flag("destructive") ?? false,
        };
        if (spec.Until < spec.From) fields.Problem("until", $"is {Durations.Write(spec.Until)}, which is before from ({Durations.Write(spec.From)})");
        fields.End();
        if (system is not null && fields.Problems.Count == 0) CheckDrawable(fields, spec, services);
        return spec;
    }

    private void CheckDrawable(Fields fields, GeneratorSpec spec, IReadOnlyList<ServiceDescription> services)
    {
        try
        {
            ScheduleGenerator.Draw(spec, services, OutboxOff(guards, services), new Seed(1));
        }
        catch (ArgumentException error)
        {
            fields.Problems.Add(fields.Line, $"{fields.Path}: {error.Message}");
        }
    }

    public static IReadOnlySet<string> OutboxOff(IReadOnlyList<GuardSpec> guards, IReadOnlyList<ServiceDescription> services) =>
        services.Select(service => service.Service).Where(service => ScheduleFields.OutboxIsOff(guards, service)).ToHashSet();

    private static (int Min, int Max) Count(Fields fields)
    {
        if (fields.Node("count") is not YamlMappingNode)
        {
            int exact = (int)(fields.Whole("count", 1, 200) ?? 1);
            return (exact, exact);
        }

        Fields map = fields.Map("count")!;
        int min = (int)(map.Whole("min", 1, 200) ?? 1);
        int max = (int)(map.Whole("max", 1, 200) ?? min);
        if (max < min) map.Problem("max", $"is {max}; it must be at least min ({min})");
        map.End();
        return (min, Math.Max(min, max));
    }

    private List<string> Services(Fields fields)
    {
        var services = new List<string>();
        string[] known = [.. system?.Services.Select(service => service.Service) ?? []];
        foreach ((YamlNode item, string path) in fields.List("services"))
        {
            string text = (item as YamlScalarNode)?.Value ?? "";
            string name = text.Contains('/', StringComparison.Ordinal) ? text : $"{system?.Name}/{text}";
            if (system is null || known.Contains(name)) services.Add(name);
            else fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; {Nearest.OneOf(text, known)}");
        }

        return services;
    }

    /// <summary>A list of names, all of weight 1, or a mapping of names to weights.</summary>
    private static IReadOnlyDictionary<string, int> Weights(Fields fields, string name, IReadOnlyList<string> allowed)
    {
        if (fields.Node(name) is not YamlMappingNode) return fields.Names(name, allowed).Distinct().ToDictionary(item => item, _ => 1);

        Fields map = fields.Map(name)!;
        var weights = new Dictionary<string, int>();
        foreach (string item in allowed)
        {
            if (map.Whole(item, 0, 1_000) is { } weight) weights[item] = (int)weight;
        }

        map.End();
        return weights;
    }
}
