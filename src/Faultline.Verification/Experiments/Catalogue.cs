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

    /// <summary>The full path of the file that describes it; null for a system that comes with the product.</summary>
    public string? File { get; init; }

    /// <summary>Whether it is one of the user's own.</summary>
    public bool IsOwn => File is not null;

    /// <summary>The checkers that an experiment on this system may name. The general ones but one look at messages, which only services of the messaging core have.</summary>
    public IReadOnlyList<CheckerDescription> AllCheckers => [.. CheckerRegistry.General.Where(checker => !IsOwn || checker is NoLeftoverFault).Select(checker => checker.Description), .. Checkers];

    /// <summary>What an experiment judges that names no checker.</summary>
    public IReadOnlyList<string> UsualCheckers => IsOwn ? [.. AllCheckers.Select(checker => checker.Name)] : CheckerRegistry.Usual;

    /// <summary>What a disruption may name beside its services. Of the lab's servers a system of the user's own has at most that of its databases.</summary>
    /// <param name="all">The servers of the lab.</param>
    public IReadOnlyList<string> ServersAmong(IReadOnlyList<string> all) => !IsOwn ? all : Services.Any(service => service.HasDatabase) ? [.. all.Where(server => server == Catalogue.ServicesServer)] : [];

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
    /// <summary>The server of the services' databases.</summary>
    public const string ServicesServer = "postgres/services";

    /// <summary>The infrastructure of the embedded environment.</summary>
    public static IReadOnlyList<string> EmbeddedInfrastructure { get; } = [ServicesServer, BrokerNames.Target, "postgres/queue", "rabbitmq/queue"];

    /// <summary>The brokers that the product knows.</summary>
    public static IReadOnlyList<string> KnownBrokers { get; } = BrokerNames.All;

    /// <summary>How the file that is read may call systems beside their names: by the path of the file that describes one.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; init; } = new Dictionary<string, string>();

    /// <summary>Finds a system.</summary>
    /// <param name="name">Its name, or one of <see cref="Paths"/>.</param>
    public SystemDescription? Find(string? name) => Systems.FirstOrDefault(system => system.Name == (name is not null && Paths.TryGetValue(name, out string? called) ? called : name));
}
