using Faultline.Lab.Control;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Live;

/// <summary>Everything that is known of a running system at one moment: what the map is drawn from.</summary>
internal sealed record SystemSight
{
    public required string System { get; init; }

    public required IReadOnlyList<ServiceDescription> Services { get; init; }

    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>The processes of each service.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<MapInstance>> Instances { get; init; }

    /// <summary>The server of the databases, if the lab runs it.</summary>
    public MapInstance? DatabaseServer { get; init; }

    /// <summary>The server of the queues, if the lab runs it.</summary>
    public MapInstance? BrokerServer { get; init; }

    /// <summary>What each service said last; nothing of one that is not asked.</summary>
    public required IReadOnlyDictionary<string, ServiceLook> Looks { get; init; }

    /// <summary>The links, each of one instance; empty in a lab without.</summary>
    public required IReadOnlyList<LinkView> Links { get; init; }

    /// <summary>Requests and bytes per second, by the name of the link.</summary>
    public required IReadOnlyDictionary<string, (double Requests, double Bytes)> Traffic { get; init; }

    /// <summary>What flows through messages and requests, by series; null when not known.</summary>
    public required Func<string, string, string?, double?> Rate { get; init; }

    /// <summary>A percentile of a series, in milliseconds: name, service, share.</summary>
    public required Func<string, string, double, double?> Percentile { get; init; }
}
