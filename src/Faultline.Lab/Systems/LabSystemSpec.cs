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

    /// <summary>The program that runs a service instance.</summary>
    public required string Executable { get; init; }

    /// <summary>What the program needs in its environment to be started at all.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>As an experiment may name it.</summary>
    public SystemDescription Description => new(Name, Services, [.. Checks.Workloads.Select(workload => workload.Description)], [.. Checks.Checkers.Select(checker => checker.Description)]);
}

/// <summary>How a system is started.</summary>
public sealed record LabSystemOptions
{
    /// <summary>Instances of each service; 1 to 9.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Instances of single services, as <c>system/service</c>, where they differ.</summary>
    public IReadOnlyDictionary<string, int> ReplicasOf { get; init; } = new Dictionary<string, int>();

    /// <summary>The broker.</summary>
    public string Broker { get; init; } = "postgresql";

    /// <summary>The token of the services' control endpoints; null for one that is drawn.</summary>
    public string? ControlToken { get; init; }

    /// <summary>How many instances a service gets.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public int ReplicasFor(string service) => ReplicasOf.GetValueOrDefault(service, Replicas);
}
