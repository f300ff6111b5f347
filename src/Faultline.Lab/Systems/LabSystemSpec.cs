using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;

namespace Faultline.Lab.Systems;

/// <summary>A system as a lab starts it; the composition knows the systems, the lab does not.</summary>
public sealed record LabSystemSpec
{
    /// <summary>The name, for example <c>ticketflow</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its services.</summary>
    public required IReadOnlyList<ServiceDescription> Services { get; init; }

    /// <summary>Where each published type goes.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>What it brings for its verification.</summary>
    public required ISystemChecks Checks { get; init; }

    /// <summary>The program that runs a service instance; null when every service is a program of the user's own.</summary>
    public string? Executable { get; init; }

    /// <summary>The full path of the file that describes the system; null for one that comes with the product.</summary>
    public string? File { get; init; }

    /// <summary>The programs of the user's own, by <c>system/service</c>; empty for a system that comes with the product.</summary>
    public IReadOnlyDictionary<string, OwnProgram> Programs { get; init; } = new Dictionary<string, OwnProgram>();

    /// <summary>Whether it is a system of the user's own.</summary>
    public bool IsOwn => Programs.Count > 0;

    /// <summary>What the program needs in its environment to be started at all.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Shows the migrations of a service's database, or applies those that are missing; null when the system has none.</summary>
    public MigrateDatabase? Migrations { get; init; }

    /// <summary>As an experiment may name it.</summary>
    public SystemDescription Description => new(Name, Services, [.. Checks.Workloads.Select(workload => workload.Description)], [.. Checks.Checkers.Select(checker => checker.Description)])
    {
        Profiles = [.. Checks.Profiles.Select(profile => profile.Name)],
        File = File,
    };
}

/// <summary>Shows the migrations of a service's database; applies those that are missing before when asked to.</summary>
/// <param name="service">As <c>system/service</c>.</param>
/// <param name="database">The connection string.</param>
/// <param name="apply">Whether to apply them.</param>
/// <param name="stop">Ends the wait between two of them.</param>
public delegate Task<IReadOnlyList<MigrationView>> MigrateDatabase(string service, string database, bool apply, CancellationToken stop);

/// <summary>A migration of a service's database.</summary>
/// <param name="Service">As <c>system/service</c>.</param>
/// <param name="Scope">Whose sequence it belongs to: the messaging core's, or the service's own.</param>
/// <param name="Name">The file.</param>
/// <param name="AppliedAt">When it was applied, UTC; null when it was not.</param>
public sealed record MigrationView(string Service, string Scope, string Name, DateTimeOffset? AppliedAt);

/// <summary>How a system is started.</summary>
public sealed record LabSystemOptions
{
    /// <summary>Instances of each service; 1 to 9.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Instances of single services, as <c>system/service</c>, where they differ.</summary>
    public IReadOnlyDictionary<string, int> ReplicasOf { get; init; } = new Dictionary<string, int>();

    /// <summary>The broker.</summary>
    public string Broker { get; init; } = BrokerNames.PostgreSql;

    /// <summary>A program of the user's own in place of one service; null for none.</summary>
    public StandIn? StandIn { get; init; }

    /// <summary>The token of the services' control endpoints; null for one that is drawn.</summary>
    public string? ControlToken { get; init; }

    /// <summary>Guards of the user's own services that are off: they are started with another environment.</summary>
    public IReadOnlyList<(string Service, string Guard)> GuardsOff { get; init; } = [];

    /// <summary>Whether it begins with empty databases and data folders; only systems of the user's own do.</summary>
    public bool IsFresh { get; init; }

    /// <summary>How many instances a service gets.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public int ReplicasFor(string service) => ReplicasOf.GetValueOrDefault(service, Replicas);
}
