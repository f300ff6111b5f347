using Faultline.Lab.Links;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;

namespace Faultline.Lab.Control;

/// <summary>A fault on a link, with its counter.</summary>
/// <param name="Link">The link, as <c>ticketflow/tickets-1-broker</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Says">What it does, in a few words.</param>
/// <param name="Acted">How often it acted.</param>
/// <param name="FirstActedAt">When first; null when it has not yet.</param>
public sealed record LinkFaultView(string Link, string Name, string Says, long Acted, DateTimeOffset? FirstActedAt)
{
    /// <summary>The type of a toxic; the kinds of an HTTP fault.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Whether it acts on HTTP requests; otherwise on bytes.</summary>
    public bool IsHttp { get; init; }
}

/// <summary>One look at a link.</summary>
/// <param name="Link">As <c>ticketflow/tickets-1-broker</c>.</param>
/// <param name="Name">The link of the system that it is a part of, as <c>tickets-broker</c>.</param>
/// <param name="From">Who connects.</param>
/// <param name="To">Where to.</param>
/// <param name="Protocol">tcp or http.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="Upstream">Where it leads.</param>
/// <param name="Traffic">What has passed.</param>
/// <param name="Faults">The faults that are set on it.</param>
public sealed record LinkView(string Link, string Name, string From, string To, string Protocol, string Listen, string Upstream, LinkTraffic Traffic, IReadOnlyList<LinkFaultView> Faults);

/// <summary>What has passed a link.</summary>
/// <param name="ConnectionsOpen">Connections that are open now.</param>
/// <param name="ConnectionsAccepted">Connections that were opened.</param>
/// <param name="ConnectionsBroken">Connections that broke.</param>
/// <param name="ConnectsFailed">Connections for which the other side could not be reached.</param>
/// <param name="Requests">HTTP requests; 0 on a link that forwards bytes.</param>
/// <param name="BytesSent">Bytes from who connects.</param>
/// <param name="BytesReceived">Bytes from where it leads.</param>
public sealed record LinkTraffic(int ConnectionsOpen, long ConnectionsAccepted, long ConnectionsBroken, long ConnectsFailed, long Requests, long BytesSent, long BytesReceived);

/// <summary>The links of all systems that run, by hand: looked at, broken and mended. Thread-safe.</summary>
/// <param name="plane">The lab.</param>
public sealed class LinkDesk(ControlPlane plane)
{
    /// <summary>All links.</summary>
    public IReadOnlyList<LinkView> All => [.. plane.Running.Where(system => system.Links is not null).SelectMany(system => system.Links!.All.Select(link => View(system, link)))];

    /// <summary>All faults on links.</summary>
    public IReadOnlyList<LinkFaultView> Faults => [.. All.SelectMany(link => link.Faults)];

    /// <summary>The links that a name means, and their system.</summary>
    /// <param name="name">As <c>ticketflow/tickets-broker</c>, or of one instance; without the system when only one runs.</param>
    /// <param name="instance">Only those with this end; null for all.</param>
    /// <exception cref="LabException">There is none.</exception>
    public (LabSystem System, IReadOnlyList<SystemLink> Links) Find(string name, string? instance)
    {
        int slash = name.IndexOf('/');
        LabSystem system = SystemOf(slash > 0 ? name[..slash] : null);
        return (system, LinksOf(system).Named(name[(slash + 1)..], instance));
    }

    /// <summary>A running system.</summary>
    /// <param name="name">Its name; null when only one runs.</param>
    /// <exception cref="LabException">It does not run, or several do.</exception>
    public LabSystem SystemOf(string? name)
    {
        IReadOnlyList<LabSystem> running = plane.Running;
        if (name is null && running.Count == 1) return running[0];
        return running.FirstOrDefault(system => system.Spec.Name == name)
            ?? throw new LabException(name is null ? $"Say which system; running are: {string.Join(", ", running.Select(system => system.Spec.Name))}." : $"System '{name}' does not run; running are: {string.Join(", ", running.Select(system => system.Spec.Name))}.");
    }

    /// <summary>The links of a system.</summary>
    /// <param name="system">The system.</param>
    /// <exception cref="LabException">The lab was started without.</exception>
    public static SystemLinks LinksOf(LabSystem system) => system.Links ?? throw new LabException("This lab was started without links, so none can be broken; start it without --no-links.");

    /// <summary>Removes faults.</summary>
    /// <param name="name">Those of this name; null for all.</param>
    /// <param name="on">Only on this link, as <c>ticketflow/tickets-broker</c>; null for all.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="LabException">There is no such link.</exception>
    public async Task<int> RemoveAsync(string? name, string? on = null)
    {
        int removed = 0;
        foreach (LabSystem system in plane.Running.Where(system => system.Links is not null))
        {
            if (name is null) removed += await system.Links!.ClearAsync();
            else foreach (SystemLink link in on is null ? system.Links!.All : Find(on, instance: null) is var (of, links) && of == system ? links : []) removed += await system.Links!.RemoveAsync(link, name) ? 1 : 0;
        }

        return removed;
    }

    private static LinkView View(LabSystem system, SystemLink link)
    {
        LinkReport live = system.Links!.Report(link);
        string name = $"{system.Spec.Name}/{link.Name}";
        return new LinkView(
            name, link.Link.Name, link.From, link.To, link.Link.IsHttp ? "http" : "tcp", live.Listen, live.Upstream,
            new LinkTraffic(live.ConnectionsOpen, live.ConnectionsAccepted, live.ConnectionsBroken, live.ConnectsFailed, live.Requests, live.BytesFromClients, live.BytesFromUpstream),
            [
                .. live.Toxics.Select(toxic => new LinkFaultView(name, toxic.Toxic.Name!, SaysOf(toxic.Toxic), toxic.Acted, toxic.FirstActedAt) { Kind = toxic.Toxic.Type! }),
                .. live.HttpFaults.Select(fault => new LinkFaultView(name, fault.Fault.Name!, SaysOf(fault.Fault), fault.Fired, fault.FirstFiredAt) { Kind = string.Join(" or ", fault.Fault.Kinds), IsHttp = true }),
            ]);
    }

    private static string SaysOf(ToxicConfig toxic) =>
        $"{toxic.Type} {string.Join(", ", toxic.Attributes.Select(attribute => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{attribute.Key}={attribute.Value}")))} {(toxic.Stream is StreamSide.Upstream ? "upstream" : "downstream")}".Replace("  ", " ", StringComparison.Ordinal);

    private static string SaysOf(HttpFaultConfig fault) => $"{string.Join(" or ", fault.Kinds)} {(fault.When is HttpPhase.Before ? "before" : "after")} the work";
}
