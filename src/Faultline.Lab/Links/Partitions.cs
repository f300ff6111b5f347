using Faultline.Lab.Problems;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.Verification.Schedules;

namespace Faultline.Lab.Links;

/// <summary>Cuts a system into groups and joins them again. A partition is a set of toxics with its name, on every link between the groups: to heal it is to remove exactly those.</summary>
/// <param name="links">The links of the system.</param>
public sealed class Partitions(SystemLinks links)
{
    private const string Prefix = "partition ";

    /// <summary>The partitions that are there, each with the links that it cuts.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Active() => links.Report()
        .SelectMany(link => link.Toxics.Select(toxic => toxic.Toxic.Name!).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => (Partition: NameIn(name), link.Name)))
        .GroupBy(cut => cut.Partition).ToDictionary(cuts => cuts.Key, cuts => (IReadOnlyList<string>)[.. cuts.Select(cut => cut.Name).Distinct()]);

    /// <summary>Cuts every link between two groups: what is under way is swallowed, and nobody gets a new connection.</summary>
    /// <param name="name">Names it.</param>
    /// <param name="group">One side: instances, services, <c>client</c>, <c>database</c> or <c>broker</c>.</param>
    /// <param name="rest">The other side; empty for everything else.</param>
    /// <param name="way">A name from <see cref="PartitionWays"/>, as seen from the group.</param>
    /// <returns>The links that are cut.</returns>
    /// <exception cref="LabException">There is one of that name, or nothing to cut.</exception>
    public IReadOnlyList<SystemLink> Cut(string name, IReadOnlyCollection<string> group, IReadOnlyCollection<string> rest, string way)
    {
        if (Active().ContainsKey(name)) throw new LabException($"There is a partition '{name}' already; heal it, or use another name.");

        IReadOnlyList<SystemLink> all = links.All;
        IReadOnlyCollection<string> other = rest.Count > 0 ? rest : [.. all.SelectMany(link => new[] { link.From, link.To }).Distinct().Where(end => all.All(link => !IsIn(group, link, end)))];
        SystemLink[] outgoing = [.. all.Where(link => link.Leads(group, other))], incoming = [.. all.Where(link => link.Leads(other, group))];
        if (outgoing.Length + incoming.Length == 0) throw new LabException($"There is no link between {string.Join(", ", group)} and {string.Join(", ", other)}; there are: {string.Join(", ", all.Select(link => link.Name))}.");

        foreach (SystemLink link in outgoing) Cut(link, name, upstream: way != PartitionWays.In, downstream: way != PartitionWays.Out);
        foreach (SystemLink link in incoming) Cut(link, name, upstream: way != PartitionWays.Out, downstream: way != PartitionWays.In);
        return [.. outgoing, .. incoming];
    }

    /// <summary>How often a partition stopped something, and when first on each link.</summary>
    /// <param name="name">Its name.</param>
    public IReadOnlyList<(string Link, long Acted, DateTimeOffset? FirstAt)> ActsOf(string name) =>
        [.. links.Report().SelectMany(link => ToxicsOf(link, name).Select(toxic => (link.Name, toxic.Acted, toxic.FirstActedAt)))];

    /// <summary>Joins the groups again; connections that lost bytes are closed, and other faults stay as they are.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>How many links were joined.</returns>
    public async Task<int> HealAsync(string name)
    {
        int healed = 0;
        foreach (SystemLink link in links.All)
        {
            string[] toxics = [.. ToxicsOf(links.Report(link), name).Select(toxic => toxic.Toxic.Name!)];
            foreach (string toxic in toxics) await links.RemoveAsync(link, toxic);
            if (toxics.Length > 0) healed++;
        }

        return healed;
    }

    private void Cut(SystemLink link, string name, bool upstream, bool downstream)
    {
        // Without an answer either way nobody gets a connection, whichever way is cut.
        links.Add(link, new ToxicConfig { Name = $"{Prefix}{name}/connect", Type = "blackhole_upstream_connect" });
        if (upstream) links.Add(link, new ToxicConfig { Name = $"{Prefix}{name}/upstream", Type = "timeout", Stream = StreamSide.Upstream });
        if (downstream) links.Add(link, new ToxicConfig { Name = $"{Prefix}{name}/downstream", Type = "timeout", Stream = StreamSide.Downstream });
    }

    private static IEnumerable<ToxicReport> ToxicsOf(LinkReport link, string name) => link.Toxics.Where(toxic => toxic.Toxic.Name!.StartsWith($"{Prefix}{name}/", StringComparison.Ordinal));

    /// <summary>The partition that a toxic belongs to.</summary>
    /// <param name="toxic">The name of the toxic.</param>
    internal static string NameIn(string toxic) => toxic[Prefix.Length..toxic.LastIndexOf('/')];

    private static bool IsIn(IReadOnlyCollection<string> group, SystemLink link, string end) =>
        group.Contains(end) || (link.From == end && group.Contains(link.Link.From)) || (link.To == end && group.Contains(link.Link.To));
}
