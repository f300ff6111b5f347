using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;

namespace Faultline.Verification.Experiments;

/// <summary>A workload as a system offers it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Says">What the client does.</param>
/// <param name="Parameters">The names of its further parameters.</param>
public sealed record WorkloadDescription(string Name, string Says, params IReadOnlyList<string> Parameters);

/// <summary>A system as an experiment may name it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Services">What each of its services really has.</param>
/// <param name="Workloads">Its workloads.</param>
/// <param name="Checkers">Its own checkers, on top of the general ones.</param>
public sealed record SystemDescription(string Name, IReadOnlyList<ServiceDescription> Services, IReadOnlyList<WorkloadDescription> Workloads, IReadOnlyList<CheckerDescription> Checkers)
{
    /// <summary>The names of its fault profiles.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>The checkers that an experiment on this system may name.</summary>
    public IReadOnlyList<CheckerDescription> AllCheckers => [.. CheckerRegistry.General.Select(checker => checker.Description), .. Checkers];

    /// <summary>Its links.</summary>
    public IReadOnlyList<LinkDescription> Links { get; } = LinkDescription.Of(Services);

    /// <summary>Finds a service.</summary>
    /// <param name="name">As <c>system/service</c>.</param>
    public ServiceDescription? Find(string name) => Services.FirstOrDefault(service => service.Service == name);
}

/// <summary>Everything that an experiment may name. A name that is not in it is a usage error, found before anything starts.</summary>
/// <param name="Systems">The systems.</param>
/// <param name="Brokers">The brokers.</param>
/// <param name="Infrastructure">The targets of disruptions beyond services, for example <c>postgres/queue</c>.</param>
public sealed record Catalogue(IReadOnlyList<SystemDescription> Systems, IReadOnlyList<string> Brokers, IReadOnlyList<string> Infrastructure)
{
    /// <summary>The infrastructure of the embedded environment.</summary>
    public static IReadOnlyList<string> EmbeddedInfrastructure { get; } = ["postgres/services", BrokerNames.Target, "postgres/queue", "rabbitmq/queue"];

    /// <summary>The brokers that the product knows.</summary>
    public static IReadOnlyList<string> KnownBrokers { get; } = BrokerNames.All;

    /// <summary>Finds a system.</summary>
    /// <param name="name">Its name.</param>
    public SystemDescription? Find(string? name) => Systems.FirstOrDefault(system => system.Name == name);
}
