using System.Text.RegularExpressions;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.OwnSystems;

/// <summary>What reading a system file gave: a system, or every problem at once.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="System">The system; null when there is any problem.</param>
/// <param name="Problems">All problems, by line.</param>
public sealed record OwnSystemReading(string File, OwnSystemConfig? System, IReadOnlyList<Problem> Problems)
{
    /// <summary>The problems as lines of text, each with file and line.</summary>
    public IEnumerable<string> Lines => Problems.Select(problem => $"{File}:{problem.Line}: {problem.Text}");
}

/// <summary>Reads the file of a system of the user's own (YAML, and JSON as its subset). Whether programs and files that it names are there is for whoever starts it.</summary>
public static partial class OwnSystemReader
{
    internal const string What = "a system: its name, its services, and what its clients do";

    private const int BatteriesMax = 100;
    private static readonly TimeSpan SettlesMax = TimeSpan.FromMinutes(10);

    [GeneratedRegex("^[a-z][a-z0-9-]{0,29}$", RegexOptions.NonBacktracking)]
    internal static partial Regex NamePattern { get; }

    /// <summary>Whether a file describes a system and no experiment.</summary>
    /// <param name="text">The text of the file.</param>
    public static bool IsSystem(string text) => ExperimentReader.Load(text, new ProblemList(), What) is { } root && root.Children.Any(child => child.Key is YamlScalarNode { Value: "services" });

    /// <summary>Reads a file.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="taken">Names of systems that it must not have.</param>
    public static OwnSystemReading Read(string text, string file, IReadOnlyList<string> taken)
    {
        var problems = new ProblemList();
        OwnSystemConfig? system = ExperimentReader.Load(text, problems, What) is { } root ? Read(new Fields(root, "", problems), taken) : null;
        return new OwnSystemReading(file, problems.Count == 0 ? system : null, problems.Sorted);
    }

    private static OwnSystemConfig? Read(Fields fields, IReadOnlyList<string> taken)
    {
        string? name = fields.Required("system", "the name of the system, for example 'shop'");
        if (name is not null) CheckName(fields, "system", name);
        if (name is not null && taken.Contains(name)) fields.Problem("system", $"is '{name}', which is the name of another system; choose another");
        string? title = fields.Text("title");
        IReadOnlyList<OwnServiceConfig> services = new OwnServiceFields(name ?? "").Read(fields);
        var known = new SystemDescription(name ?? "", [.. services.Select(service => service.Describe())], [], []);
        IReadOnlyList<OwnWorkloadConfig> workloads = Workloads(fields, known);
        IReadOnlyList<OwnInvariantConfig> invariants = new OwnInvariantFields(known, [.. workloads.SelectMany(workload => workload.Values).Select(value => value.Name).Distinct()]).Read(fields);
        TimeSpan? settles = fields.Duration("settles", TimeSpan.Zero, SettlesMax);
        IReadOnlyList<BatteryFile> batteries = Batteries(fields);
        fields.End();
        return name is null ? null : new OwnSystemConfig
        {
            Name = name,
            Title = title ?? name,
            Services = services,
            Workloads = workloads,
            Invariants = invariants,
            Batteries = batteries,
            Settles = settles ?? TimeSpan.FromMilliseconds(500),
        };
    }

    internal static void CheckName(Fields fields, string field, string name)
    {
        if (!NamePattern.IsMatch(name)) fields.Problem(field, $"is '{name}'; a name must be 1 to 30 lower case letters, digits and hyphens, and begin with a letter");
    }

    private static List<OwnWorkloadConfig> Workloads(Fields fields, SystemDescription known)
    {
        var workloads = new List<OwnWorkloadConfig>();
        if (fields.Map("workloads") is not { } map) return workloads;

        foreach ((string name, _) in map.Entries())
        {
            CheckName(map, name, name);
            if (name == WorkloadSpec.HttpName) map.Problem(name, "is the name of workloads that an experiment writes itself; choose another");
            if (map.Map(name) is not { } workload) continue;

            string? says = workload.Text("says");
            (IReadOnlyList<HttpStep> steps, IReadOnlyList<DrawnValue> values, string? subject) = new StepFields(known).Read(workload);
            if (steps.Count == 0 && workload.List("steps").Count == 0) workload.Problems.Add(workload.Line, $"{workload.At("steps")} is missing; it must be a list of HTTP requests");
            workload.End();
            workloads.Add(new OwnWorkloadConfig(name, says ?? string.Join(", then ", steps.Select(step => $"{step.Method} {step.Path}")), steps, values, subject));
        }

        return workloads;
    }

    private static List<BatteryFile> Batteries(Fields fields)
    {
        var files = new List<BatteryFile>();
        foreach ((YamlNode item, string path) in fields.List("batteries", BatteriesMax))
        {
            if (item is YamlScalarNode { Value: { Length: > 0 } file }) files.Add(new BatteryFile(file, (int)item.Start.Line));
            else fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be the path of a file with an experiment or a battery");
        }

        return files;
    }
}
