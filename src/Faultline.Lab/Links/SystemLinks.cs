using System.Collections.Concurrent;
using System.Globalization;
using Faultline.Lab.Problems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Proxy.Problems;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;

namespace Faultline.Lab.Links;

/// <summary>The links of one running system, each through the fault proxy in this process: clients to services, services to each other, to their databases and to the broker. Thread-safe.</summary>
/// <remarks>What the lab itself asks of services and servers goes round them: a cut link must not blind whoever judges.</remarks>
/// <param name="takePort">Gives a free port that nobody else gets.</param>
/// <param name="time">The clock.</param>
public sealed class SystemLinks(Func<int> takePort, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    /// <summary>After these, bytes are missing or wrong in the streams: to go on with them would be a fault that outlives its removal.</summary>
    private static readonly string[] Spoiling = ["packet_loss", ToxicForms.Corrupt];

    private readonly LinkSet _set = new(time, new Seed(0), FaultHeaders.Operation, ConnectLimit);
    private readonly ConcurrentDictionary<string, SystemLink> _links = new();

    /// <summary>All links, by name.</summary>
    public IReadOnlyList<SystemLink> All => [.. _links.Values.OrderBy(link => link.Name, StringComparer.Ordinal)];

    /// <summary>The newest firings of HTTP faults, oldest first.</summary>
    public IReadOnlyList<HttpFiring> Firings => _set.Firings;

    /// <summary>Adds a link of an instance.</summary>
    /// <param name="link">The link of the system that it is a part of.</param>
    /// <param name="from">Who connects.</param>
    /// <param name="to">Where to.</param>
    /// <param name="upstream">Host and port of that.</param>
    /// <param name="listen">The port on which it listens; null for a free one.</param>
    /// <exception cref="LabException">The port is taken.</exception>
    public async Task<SystemLink> AddAsync(LinkDescription link, string from, string to, string upstream, int? listen = null)
    {
        var added = new SystemLink($"{from}-{to}", link, from, to, listen ?? takePort());
        await TranslateAsync(() => _set.AddAsync(new LinkConfig { Name = added.Name, Listen = LinkRoutes.Here(added.Port), Upstream = upstream, IsHttp = link.IsHttp, ExemptPaths = link.IsHttp ? ["/health/*"] : [] }));
        return _links[added.Name] = added;
    }

    /// <summary>The links that a name means.</summary>
    /// <param name="name">A link of the system such as <c>orders-menu</c>, or of one instance such as <c>orders-1-menu-1</c>.</param>
    /// <param name="instance">Only those with this end, such as <c>orders-1</c>; null for all.</param>
    /// <exception cref="LabException">There is none.</exception>
    public IReadOnlyList<SystemLink> Named(string name, string? instance = null)
    {
        SystemLink[] found = [.. All.Where(link => link.IsNamed(name, instance))];
        return found.Length > 0 ? found : throw new LabException($"There is no link '{name}'{(instance is null ? "" : $" of {instance}")}; there are: {string.Join(", ", All.Select(link => link.Link.Name).Distinct())}; and for single instances: {string.Join(", ", All.Select(link => link.Name))}.");
    }

    /// <summary>What happens on every link.</summary>
    public IReadOnlyList<LinkReport> Report() => _set.Report();

    /// <summary>What happens on one link.</summary>
    /// <param name="link">The link.</param>
    public LinkReport Report(SystemLink link) => _set.Report(link.Name);

    /// <summary>Sets a toxic.</summary>
    /// <param name="link">The link.</param>
    /// <param name="toxic">The toxic.</param>
    /// <exception cref="LabException">It is there already, or something is wrong with it.</exception>
    public ToxicConfig Add(SystemLink link, ToxicConfig toxic) => Translate(() => _set.AddToxic(link.Name, toxic));

    /// <summary>Sets an HTTP fault.</summary>
    /// <param name="link">The link.</param>
    /// <param name="fault">The fault.</param>
    /// <exception cref="LabException">It is there already, the link forwards bytes, or something is wrong with it.</exception>
    public HttpFaultConfig Add(SystemLink link, HttpFaultConfig fault) => Translate(() => _set.AddHttpFault(link.Name, fault));

    /// <summary>Removes a toxic or an HTTP fault; one that is not there is removed already.</summary>
    /// <param name="link">The link.</param>
    /// <param name="name">The name of the toxic or fault.</param>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(SystemLink link, string name)
    {
        LinkReport report = Report(link);
        if (report.HttpFaults.Any(fault => fault.Fault.Name == name))
        {
            _set.RemoveHttpFault(link.Name, name);
            return true;
        }

        if (report.Toxics.FirstOrDefault(toxic => toxic.Toxic.Name == name) is not { } there) return false;

        _set.RemoveToxic(link.Name, name);
        if (Spoiling.Contains(there.Toxic.Type)) await _set.CutAsync(link.Name);
        return true;
    }

    /// <summary>Removes every fault from every link.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ClearAsync()
    {
        IReadOnlyList<LinkReport> before = Report();
        await _set.ResetAsync();
        foreach (LinkReport link in before.Where(link => link.Toxics.Any(toxic => Spoiling.Contains(toxic.Toxic.Type)))) await _set.CutAsync(link.Name);
        return before.Sum(link => link.Toxics.Count + link.HttpFaults.Count);
    }

    /// <summary>Removes all links.</summary>
    public ValueTask DisposeAsync() => _set.DisposeAsync();

    private static T Translate<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (ProxyException problem)
        {
            throw new LabException(string.Create(CultureInfo.InvariantCulture, $"The fault proxy refuses: {problem.Message}."), problem);
        }
    }

    private static async Task TranslateAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (ProxyException problem)
        {
            throw new LabException($"The fault proxy cannot do it: {problem.Message}.", problem);
        }
    }
}
