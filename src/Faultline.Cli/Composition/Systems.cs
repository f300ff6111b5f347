using Faultline.Cli.Output;
using Faultline.Hosting;
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
