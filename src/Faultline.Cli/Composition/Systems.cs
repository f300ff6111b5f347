using Faultline.Cli.Output;
using Faultline.Hosting;
using Faultline.Lab.OwnSystems;
using Faultline.Lab.Systems;
using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Verification.Experiments;
using Faultline.Verification.Verdicts;
using Npgsql;
using Restaurant;
using Restaurant.Checks;
using TicketFlow;
using TicketFlow.Checks;

namespace Faultline.Cli.Composition;

/// <summary>The systems that come with the product.</summary>
internal static class Systems
{
    /// <summary>Each with what it brings for its verification.</summary>
    public static IReadOnlyList<(SystemDefinition Definition, ISystemChecks Checks)> All { get; } = [(TicketFlowSystem.Definition, new TicketFlowChecks()), (RestaurantSystem.Definition, new RestaurantChecks())];

    /// <summary>Many services share one machine: a small youngest generation and a compacted heap keep each of them under 120 MB, also after a load.</summary>
    private static readonly IReadOnlyDictionary<string, string> SmallProcess = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "0x400000", ["DOTNET_GCConserveMemory"] = "7" };

    /// <summary>All of them as a lab starts them.</summary>
    public static IReadOnlyList<LabSystemSpec> Specs() => [.. All.Select(system => SpecOf(system.Definition, system.Checks))];

    /// <summary>A system as a lab starts it.</summary>
    public static LabSystemSpec SpecOf(SystemDefinition system, ISystemChecks checks) => new()
    {
        Name = system.Name,
        Services = [.. system.Services.Select(SystemDefinition.Describe)],
        Routes = system.Topology().Routes,
        Checks = checks,
        Executable = System.Environment.ProcessPath!,
        Environment = SmallProcess,
        Migrations = (service, database, apply, stop) => MigrateAsync(FindService(service).Service, database, apply, stop),
    };

    /// <summary>The systems of these names; all of them when there is none.</summary>
    public static IReadOnlyList<string> Named(IReadOnlyList<string> names)
    {
        string? unknown = names.FirstOrDefault(name => All.All(system => system.Definition.Name != name));
        if (unknown is not null) throw new CommandException(ExitCode.Usage, $"There is no system '{unknown}'; there are: {string.Join(", ", All.Select(system => system.Definition.Name))}.");

        return names.Count > 0 ? [.. names.Distinct()] : [.. All.Select(system => system.Definition.Name)];
    }

    /// <summary>The systems of these names, or of these files where they are paths; all that come with the product when there is none.</summary>
    /// <param name="names">As the user wrote them.</param>
    /// <returns>The names of the systems to start, and everything that may be started: those of the product, and those of the files.</returns>
    public static (IReadOnlyList<string> Names, IReadOnlyList<LabSystemSpec> Known) Chosen(IReadOnlyList<string> names)
    {
        if (names.Count == 0) return ([.. All.Select(system => system.Definition.Name)], Specs());

        string[] paths = [.. names.Where(SystemPaths.IsPath).Distinct()];
        string? unknown = names.Except(paths).FirstOrDefault(name => All.All(system => system.Definition.Name != name));
        if (unknown is not null) throw new CommandException(ExitCode.Usage, $"There is no system '{unknown}'; there are: {string.Join(", ", All.Select(system => system.Definition.Name))}; a system of your own is named by its file, such as ./my-system.yaml.");

        IReadOnlyList<LabSystemSpec> own = FromFiles(paths, Environment.CurrentDirectory);
        return ([.. names.Except(paths), .. own.Select(system => system.Name)], [.. Specs(), .. own]);
    }

    /// <summary>The systems that an experiment file names by their files.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="folder">Its folder.</param>
    public static IReadOnlyList<LabSystemSpec> NamedIn(string text, string folder) => FromFiles([.. ExperimentReader.SystemsNamed(text).Where(SystemPaths.IsPath).Distinct()], folder);

    private static List<LabSystemSpec> FromFiles(IReadOnlyList<string> paths, string folder)
    {
        var own = new List<LabSystemSpec>();
        foreach (string path in paths)
        {
            if (own.Exists(other => other.File == SystemPaths.FullPath(path, folder))) continue; // The same one, written in another way.

            OwnSystemLoading loading = OwnSystemLoader.Load(path, folder, [.. All.Select(system => system.Definition.Name), .. own.Select(other => other.Name)]);
            own.Add(loading.System ?? throw new CommandException(ExitCode.Usage, string.Join('\n', loading.Problems)));
        }

        return own;
    }

    /// <summary>A service with its system.</summary>
    /// <param name="name">As <c>system/service</c>.</param>
    public static (SystemDefinition System, ServiceDefinition Service) FindService(string name)
    {
        foreach ((SystemDefinition system, _) in All)
        {
            if (system.Services.FirstOrDefault(service => service.Name == name) is { } found) return (system, found);
        }

        throw new CommandException(ExitCode.Usage, $"There is no service '{name}'; there are: {string.Join(", ", All.SelectMany(system => system.Definition.Services).Select(service => service.Name))}.");
    }

    private static async Task<IReadOnlyList<MigrationView>> MigrateAsync(ServiceDefinition service, string database, bool apply, CancellationToken stop)
    {
        ServiceBuilder builder = service.Build();
        IReadOnlyList<Migration> migrations = Backend.MigrationsOf(service.Name, builder, builder.Assembly, builder.MigrationsFolder);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database);
        if (apply) await Migrator.ApplyAsync(source, migrations, stop);
        return [.. (await Migrator.StatusAsync(source, migrations, stop)).Select(status => new MigrationView(service.Name, status.Migration.Scope, status.Migration.Name, status.AppliedAt))];
    }
}
