using Faultline.Proxy.Http;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Links;

/// <summary>What happens on a link, live.</summary>
public sealed record LinkReport
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required string Listen { get; init; }

    /// <summary>Where it leads.</summary>
    public required string Upstream { get; init; }

    /// <summary>Whether it lets clients connect.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whether any byte has ever passed.</summary>
    public required bool CarriedTraffic { get; init; }

    /// <summary>Connections that are open now.</summary>
    public required int ConnectionsOpen { get; init; }

    /// <summary>Connections that clients opened.</summary>
    public required long ConnectionsAccepted { get; init; }

    /// <summary>Connections for which the upstream could not be reached.</summary>
    public required long ConnectsFailed { get; init; }

    /// <summary>Connections that broke: a reset by a peer, by a toxic or by an HTTP fault.</summary>
    public required long ConnectionsBroken { get; init; }

    /// <summary>Why the upstream could last not be reached, or null.</summary>
    public string? LastConnectError { get; init; }

    /// <summary>What last went wrong in the proxy itself; anything but null is a mistake of ours.</summary>
    public string? LastFailure { get; init; }

    /// <summary>HTTP requests; 0 on a link that forwards bytes.</summary>
    public required long Requests { get; init; }

    /// <summary>Bytes from clients.</summary>
    public required long BytesFromClients { get; init; }

    /// <summary>Bytes passed on to the upstream.</summary>
    public required long BytesToUpstream { get; init; }

    /// <summary>Bytes from the upstream.</summary>
    public required long BytesFromUpstream { get; init; }

    /// <summary>Bytes passed on to clients.</summary>
    public required long BytesToClients { get; init; }

    /// <summary>Its toxics, with their counts.</summary>
    public required IReadOnlyList<ToxicReport> Toxics { get; init; }

    /// <summary>Its HTTP faults, with their counts.</summary>
    public required IReadOnlyList<HttpFaultReport> HttpFaults { get; init; }
}

/// <summary>A toxic, and how often it acted.</summary>
/// <param name="Toxic">The toxic.</param>
/// <param name="Seed">What decides its random choices.</param>
/// <param name="Acted">How often it acted: chunks delayed, sliced, lost; connections closed, reset, held.</param>
/// <param name="FirstActedAt">When first, or null.</param>
public sealed record ToxicReport(ToxicConfig Toxic, ulong Seed, long Acted, DateTimeOffset? FirstActedAt);

/// <summary>An HTTP fault, and how often it fired.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Seed">What decides its random choices.</param>
/// <param name="Matched">How many requests matched.</param>
/// <param name="Fired">How often it fired.</param>
/// <param name="FirstFiredAt">When first, or null.</param>
public sealed record HttpFaultReport(HttpFaultConfig Fault, ulong Seed, long Matched, long Fired, DateTimeOffset? FirstFiredAt);
