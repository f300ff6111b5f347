using Faultline.Lab.Processes;
using Faultline.Lab.Systems;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.OwnSystems;

namespace Faultline.Lab.OwnSystems;

/// <summary>What loading a system file gave: a system, or every problem at once.</summary>
/// <param name="System">The system; null when there is any problem.</param>
/// <param name="Problems">All problems, with file and line.</param>
public sealed record OwnSystemLoading(LabSystemSpec? System, IReadOnlyList<string> Problems);

/// <summary>Loads a system of the user's own from its file: reads it, finds its programs, and reads the experiments that it names.</summary>
public static class OwnSystemLoader
{
    /// <summary>Loads a system.</summary>
    /// <param name="file">The file, as the user named it.</param>
    /// <param name="folder">The folder from which a relative path goes.</param>
    /// <param name="taken">Names of other systems.</param>
    public static OwnSystemLoading Load(string file, string folder, IReadOnlyList<string> taken)
    {
        string path = Path.GetFullPath(file, folder);
        if (TextOf(path) is not { } text) return new OwnSystemLoading(null, [$"There is no file '{file}' that could be read; a system of your own is described in a YAML file."]);

        OwnSystemReading reading = OwnSystemReader.Read(text, file, taken);
        if (reading.System is not { } config) return new OwnSystemLoading(null, [.. reading.Lines]);

        var problems = new List<string>();
        string home = Path.GetDirectoryName(path)!;
        var programs = new Dictionary<string, OwnProgram>();
        foreach (OwnServiceConfig service in config.Services)
        {
            string? executable = service.Command is { } command ? FindProgram(command, home) : null;
            if (service.Command is not null && executable is null) problems.Add($"{file}:{service.Line}: services.{LinkDescription.ShortName(service.Service)}.command is '{service.Command}', and there is no such program {(service.Command.Contains('/', StringComparison.Ordinal) ? $"below {home}" : "on the PATH; a program beside the file is written ./name")}");
            programs[service.Service] = ProgramOf(service, executable, home);
        }

        LabSystemSpec spec = SpecOf(config, programs, path, []);
        (IReadOnlyList<BatteryDescription> batteries, IReadOnlyList<string> wrong) = Batteries(config, spec, file, home);
        problems.AddRange(wrong);
        return problems.Count > 0 ? new OwnSystemLoading(null, problems) : new OwnSystemLoading(SpecOf(config, programs, path, batteries), []);
    }

    private static LabSystemSpec SpecOf(OwnSystemConfig config, IReadOnlyDictionary<string, OwnProgram> programs, string path, IReadOnlyList<BatteryDescription> batteries) => new()
    {
        Name = config.Name,
        File = path,
        Services = config.Descriptions,
        Routes = [],
        Checks = new OwnSystemChecks(config, batteries),
        Programs = programs,
    };

    private static OwnProgram ProgramOf(OwnServiceConfig service, string? executable, string home) => new()
    {
        Executable = executable,
        Arguments = service.Arguments,
        Environment = service.Environment,
        GuardsOff = service.Guards.ToDictionary(guard => guard.Description.Name, guard => guard.Off),
        WorkingFolder = home,
        Address = service.Address,
        HealthPath = service.HealthPath,
        StartLimit = service.StartLimit,
        StopLimit = service.StopLimit,
        LinkPorts = service.Links.Where(link => link.Listen is not null).ToDictionary(link => link.Name, link => link.Listen!.Value),
    };

    /// <summary>A path goes from the folder of the file; a bare name is looked up on the search path.</summary>
    private static string? FindProgram(string command, string home)
    {
        if (!command.Contains('/', StringComparison.Ordinal)) return Keeper.Which(command);
        string path = Path.GetFullPath(command, home);
        return File.Exists(path) ? path : null;
    }

    private static (IReadOnlyList<BatteryDescription> Batteries, IReadOnlyList<string> Problems) Batteries(OwnSystemConfig config, LabSystemSpec spec, string file, string home)
    {
        var batteries = new List<BatteryDescription>();
        var problems = new List<string>();
        foreach (BatteryFile named in config.Batteries)
        {
            string path = Path.GetFullPath(named.Path, home);
            if (TextOf(path) is not { } text)
            {
                problems.Add($"{file}:{named.Line}: batteries names '{named.Path}', and there is no such file below {home}");
                continue;
            }

            string shown = Path.Combine(Path.GetDirectoryName(file) ?? "", named.Path);
            var catalogue = new Catalogue([spec.Description], BrokerNames.All, Catalogue.EmbeddedInfrastructure) { Paths = SystemPaths.In(text, Path.GetDirectoryName(path), [(spec.Name, spec.File)]) };
            Reading reading = ExperimentReader.Read(text, shown, catalogue);
            problems.AddRange(reading.Lines);
            if (reading.Battery is not { } battery) continue;

            Battery known = battery with { Name = $"{config.Name}/{battery.Name}" };
            if (batteries.Exists(other => other.Name == known.Name)) problems.Add($"{file}:{named.Line}: batteries names '{named.Path}', which is called '{battery.Name}' as another one is; each needs a name of its own");
            else batteries.Add(new BatteryDescription(known.Name, known.Title, _ => known));
        }

        return (batteries, problems);
    }

    private static string? TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // Told by whoever wanted it.
        }
    }
}
