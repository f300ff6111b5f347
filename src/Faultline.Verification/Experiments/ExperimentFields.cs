using System.Text.Json;
using System.Text.RegularExpressions;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Schedules;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.Experiments;

/// <summary>The fields of an experiment, apart from its schedule.</summary>
internal static partial class ExperimentFields
{
    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,119}$", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern { get; }

    public static IReadOnlyList<string> Known { get; } =
    [
        "name", "title", "system", "hypothesis", "workload", "guards", "replicas", "broker", "seed", "profile", "schedule", "invariants", "expect", "drainLimit", "rollbacks",
    ];

    public static Experiment? Read(Fields fields, Catalogue catalogue)
    {
        int before = fields.Problems.Count;
        string? name = fields.Required("name", "the name of the experiment, for example 'intake-crash'");
        if (name is not null) CheckName(fields, "name", name);
        string? title = fields.Text("title");
        SystemDescription? system = System(fields, catalogue);
        IReadOnlyList<Probe> hypothesis = Hypothesis(fields, system);
        WorkloadSpec? workload = Workload(fields, system);
        IReadOnlyList<GuardSpec> guards = Guards(fields, system);
        (int replicas, IReadOnlyDictionary<string, int> replicasOf) = Replicas(fields, system);
        string? broker = fields.OneOf("broker", catalogue.Brokers);
        if (broker is not null && system is { IsOwn: true }) fields.Problem("broker", $"is '{broker}', and {system.Name} is a system of your own, which brings what it needs; leave it out");
        ulong? seed = fields.Unsigned("seed");
        string? profile = fields.OneOf("profile", system?.Profiles ?? []);
        (IReadOnlyList<FaultSpec> schedule, GeneratorSpec? generator) = new ScheduleFields(system, catalogue, guards).Read(fields);
        IReadOnlyList<InvariantSpec> invariants = Invariants(fields, system);
        string? expect = Expect(fields, system);
        LinkFaultFields.CheckEffects(fields, schedule, system, expect);
        if (expect is not null && invariants.Count > 0 && invariants.All(invariant => invariant.Name != expect))
        {
            fields.Problem("expect", $"wants a violation of '{expect}', which is not among the invariants; add it there");
        }

        TimeSpan? drainLimit = fields.Duration("drainLimit", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        IReadOnlyList<string> rollbacks = fields.Names("rollbacks", Rollbacks.All);
        fields.End();
        if (fields.Problems.Count > before || name is null || system is null || workload is null) return null;

        return new Experiment
        {
            Name = name,
            Title = title ?? name,
            System = system.Name,
            SystemFile = system.File,
            Hypothesis = hypothesis,
            Workload = workload,
            Guards = guards,
            Replicas = replicas,
            ReplicasOf = replicasOf,
            Broker = broker,
            Seed = seed,
            Profile = profile,
            Schedule = schedule,
            Generator = generator,
            Invariants = invariants,
            ExpectViolation = expect,
            DrainLimit = drainLimit ?? TimeSpan.FromSeconds(60),
            RollbackSteps = rollbacks.Count > 0 ? rollbacks : Rollbacks.All,
        };
    }

    public static void CheckName(Fields fields, string field, string name)
    {
        if (!NamePattern.IsMatch(name)) fields.Problem(field, $"is '{name}'; it must be 1 to 120 lower case letters, digits and hyphens, and begin with a letter or digit");
    }

    /// <summary>A service by its full name or by its name in the system.</summary>
    public static string? Service(Fields fields, string field, SystemDescription? system)
    {
        if (fields.Text(field) is not { } text) return null;

        return Service(text, system, problem => fields.Problem(field, problem));
    }

    private static string? Service(string text, SystemDescription? system, Action<string> problem)
    {
        if (system is null) return text; // The unknown system is the problem; what it would have is not known.

        string name = text.Contains('/', StringComparison.Ordinal) ? text : $"{system.Name}/{text}";
        if (system.Find(name) is not null) return name;

        problem($"is '{text}'; {Nearest.OneOf(text, system.Services.Select(service => service.Service))}");
        return null;
    }

    private static SystemDescription? System(Fields fields, Catalogue catalogue)
    {
        string[] names = [.. catalogue.Systems.Select(system => system.Name)];
        if (!fields.Has("system")) fields.Problems.Add(fields.Line, $"{fields.At("system")} is missing; {Nearest.OneOf("", names)}");
        return fields.Text("system", lengthMax: 1_000) is { } path && catalogue.Paths.ContainsKey(path) ? catalogue.Find(path) : catalogue.Find(fields.OneOf("system", names));
    }

    private static IReadOnlyList<GuardSpec> Guards(Fields fields, SystemDescription? system)
    {
        var guards = new List<GuardSpec>();
        foreach ((YamlNode item, string path) in fields.List("guards"))
        {
            IEnumerable<string> texts = item switch
            {
                YamlScalarNode scalar => [scalar.Value ?? ""],
                YamlMappingNode map => map.Children.SelectMany(child => (child.Value is YamlSequenceNode list ? list.Children : [child.Value]).Select(value => $"{child.Key}:{(value as YamlScalarNode)?.Value}")),
                _ => [],
            };
            if (item is YamlSequenceNode) fields.Problems.Add((int)item.Start.Line, $"{path} is a list; it must be -guard (off), +guard (on), or service: -guard");
            foreach (string text in texts)
            {
                void Problem(string what) => fields.Problems.Add((int)item.Start.Line, $"{path} {what}");
                if (GuardSpec.Read(text) is not { } guard) Problem($"is '{text}'; it must be -guard (off), +guard (on), or service: -guard");
                else if (CheckGuard(guard, system, Problem) is { } known) guards.Add(known);
            }
        }

        return guards;
    }

    private static GuardSpec? CheckGuard(GuardSpec guard, SystemDescription? system, Action<string> problem)
    {
        if (system is null) return guard;

        string? service = guard.Service is null ? null : Service(guard.Service, system, problem);
        if (guard.Service is not null && service is null) return null;

        string[] names = [.. system.Services.Where(candidate => service is null || candidate.Service == service).SelectMany(candidate => candidate.Guards).Select(known => known.Name).Distinct()];
        if (names.Contains(guard.Guard)) return guard with { Service = service };

        problem($"names the guard '{guard.Guard}'{(service is null ? "" : $" of {service}")}; {Nearest.OneOf(guard.Guard, names)}");
        return null;
    }

    private static (int, IReadOnlyDictionary<string, int>) Replicas(Fields fields, SystemDescription? system)
    {
        var of = new Dictionary<string, int>();
        if (fields.Node("replicas") is not YamlMappingNode) return ((int)(fields.Whole("replicas", 1, 16) ?? 1), of);

        Fields map = fields.Map("replicas")!;
        int all = (int)(map.Whole("all", 1, 16) ?? 1);
        foreach ((string name, _) in map.Entries().Where(entry => entry.Name != "all"))
        {
            if (Service(name, system, problem => map.Problem(name, problem)) is { } service && map.Whole(name, 1, 16) is { } count) of[service] = (int)count;
            else map.Node(name);
        }

        map.End();
        return (all, of);
    }

    private static IReadOnlyList<InvariantSpec> Invariants(Fields fields, SystemDescription? system)
    {
        var invariants = new List<InvariantSpec>();
        foreach ((YamlNode item, string path) in fields.List("invariants"))
        {
            (YamlNode? key, YamlNode? value) = item switch
            {
                YamlScalarNode scalar => (scalar, null),
                YamlMappingNode { Children.Count: 1 } map => (map.Children[0].Key, map.Children[0].Value),
                _ => ((YamlNode?)null, (YamlNode?)null),
            };
            if (key is not YamlScalarNode { Value: { Length: > 0 } name })
            {
                fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be the name of a checker, or name: {{parameters}}");
                continue;
            }

            CheckerDescription? checker = system?.AllCheckers.FirstOrDefault(checker => checker.Name == name);
            if (system is not null && checker is null) fields.Problems.Add((int)item.Start.Line, $"{path} is '{name}'; {Nearest.OneOf(name, system.AllCheckers.Select(known => known.Name))}");

            IReadOnlyDictionary<string, JsonElement> parameters = new Dictionary<string, JsonElement>();
            if (value is YamlMappingNode given && checker is not null) parameters = new Fields(given, $"{path}.{name}", fields.Problems).Rest([.. checker.Parameters.Select(parameter => parameter.Name)]);
            else if (value is not null and not YamlMappingNode) fields.Problems.Add((int)value.Start.Line, $"{path}.{name} is {Fields.Show(value)}; it must be a mapping of parameters");
            invariants.Add(new InvariantSpec(name, parameters));
        }

        return invariants;
    }

    private static string? Expect(Fields fields, SystemDescription? system)
    {
        if (fields.Text("expect") is not { } text) return null;

        if (!text.StartsWith("violation ", StringComparison.Ordinal))
        {
            fields.Problem("expect", $"is '{text}'; it must be 'violation <checker>'");
            return null;
        }

        string checker = text["violation ".Length..].Trim();
        if (system is null || system.AllCheckers.Any(known => known.Name == checker)) return checker;

        fields.Problem("expect", $"names the checker '{checker}'; {Nearest.OneOf(checker, system.AllCheckers.Select(known => known.Name))}");
        return null;
    }
}
