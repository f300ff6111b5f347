namespace Faultline.Protocol.Services;

/// <summary>What a link leads to.</summary>
public enum LinkRole
{
    /// <summary>From the clients of the system to a service: HTTP.</summary>
    Client,

    /// <summary>From a service to another one: HTTP.</summary>
    Call,

    /// <summary>From a service to its database.</summary>
    Database,

    /// <summary>From a service to the broker, whichever the system runs on.</summary>
    Broker,

    /// <summary>From a service to a server outside the system.</summary>
    Upstream,
}

/// <summary>A link of a system, named by its ends, as <c>client-orders</c>, <c>orders-menu</c>, <c>orders-database</c> and <c>orders-broker</c>. Each instance of a service has one of its own.</summary>
/// <param name="Name">The name.</param>
/// <param name="From">Who connects: the last name of a service, or <c>client</c>.</param>
/// <param name="To">Where to: the last name of a service, <c>database</c> or <c>broker</c>.</param>
/// <param name="Role">What it leads to.</param>
public sealed record LinkDescription(string Name, string From, string To, LinkRole Role)
{
    /// <summary>The end that stands for all clients of a system.</summary>
    public const string Client = "client";

    /// <summary>The end that stands for the server of the services' databases.</summary>
    public const string Database = "database";

    /// <summary>The end that stands for the broker.</summary>
    public const string Broker = BrokerNames.Target;

    /// <summary>Whether the proxy reads HTTP on it, so that HTTP faults can act.</summary>
    public bool IsHttp { get; init; } = Role is LinkRole.Client or LinkRole.Call;

    /// <summary>All links of a system.</summary>
    /// <param name="services">Its services.</param>
    public static IReadOnlyList<LinkDescription> Of(IReadOnlyList<ServiceDescription> services) =>
    [
        .. services.Where(service => service.Listens).Select(service => Between(Client, ShortName(service.Service), LinkRole.Client) with { IsHttp = service.IsHttp }),
        .. services.SelectMany(service => service.Calls.Select(called => Between(ShortName(service.Service), ShortName(called), LinkRole.Call) with { IsHttp = services.FirstOrDefault(other => other.Service == called)?.IsHttp ?? true })),
        .. services.SelectMany(service => service.Upstreams.Select(upstream => Between(ShortName(service.Service), upstream.Name, LinkRole.Upstream) with { IsHttp = upstream.IsHttp })),
        .. services.Where(service => service.HasDatabase).Select(service => Between(ShortName(service.Service), Database, LinkRole.Database)),
        .. services.Where(service => !service.IsOwn).Select(service => Between(ShortName(service.Service), Broker, LinkRole.Broker)),
    ];

    /// <summary>The last name of a service: <c>orders</c> of <c>restaurant/orders</c>.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public static string ShortName(string service) => service[(service.IndexOf('/') + 1)..];

    private static LinkDescription Between(string from, string to, LinkRole role) => new($"{from}-{to}", from, to, role);
}
