using System.Collections.Concurrent;
using Faultline.Proxy.Http;
using Faultline.Proxy.Problems;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;

namespace Faultline.Proxy.Links;

/// <summary>The links of a fault proxy, and the faults on them. Safe for all threads.</summary>
public sealed class LinkSet : IAsyncDisposable
{
    private static readonly IReadOnlyDictionary<string, double> NoChange = new Dictionary<string, double>();

    private readonly ConcurrentDictionary<string, Link> _links = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly LinkSettings _settings;
    private readonly ToxicTime _time;
    private readonly FiringLog _firings = new();

    /// <summary>Creates an empty set.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="seed">Decides every random choice.</param>
    /// <param name="operationHeader">The header by which requests name their operation; choices then depend on it, and not on who comes first.</param>
    /// <param name="connectLimit">How long a connection to an upstream may take.</param>
    public LinkSet(TimeProvider time, Seed seed, string operationHeader, TimeSpan connectLimit)
    {
        _time = new ToxicTime(time);
        _settings = new LinkSettings(seed, operationHeader, connectLimit);
    }

    /// <summary>Hears of each firing of an HTTP fault before it acts, on the thread of the request: it must return at once.</summary>
    public Action<HttpFiring>? Observer { get; set; }

    /// <summary>What decides every random choice.</summary>
    public Seed Seed => _settings.Seed;

    /// <summary>The newest firings of HTTP faults, at most 10,000, oldest first.</summary>
    public IReadOnlyList<HttpFiring> Firings => _firings.Read();

    internal IEnumerable<Link> All => _links.Values.OrderBy(link => link.Name, StringComparer.Ordinal);

    /// <summary>What happens on every link, by name.</summary>
    public IReadOnlyList<LinkReport> Report() => [.. All.Select(link => link.Report())];

    /// <summary>What happens on one link.</summary>
    /// <param name="name">The link.</param>
    /// <exception cref="ProxyException">There is none of this name.</exception>
    public LinkReport Report(string name) => Find(name).Report();

    /// <summary>Adds a link, and starts it when it is enabled.</summary>
    /// <param name="config">What it is to be.</param>
    /// <exception cref="ProxyException">It exists, something is wrong with it, or its address is taken.</exception>
    public async Task<LinkReport> AddAsync(LinkConfig config)
    {
        using Turn turn = await TakeTurnAsync();
        return Add(config).Report();
    }

    /// <summary>Makes sure of links: unchanged ones stay as they are, with their connections; changed ones are replaced.</summary>
    /// <param name="configs">All that are to be; others stay.</param>
    /// <param name="done">Takes the links that are as they should be, also when a later one fails.</param>
    /// <exception cref="ProxyException">One of them is wrong, or its address is taken.</exception>
    internal async Task PopulateAsync(IReadOnlyList<LinkConfig> configs, List<Link> done)
    {
        using Turn turn = await TakeTurnAsync();
        foreach (LinkConfig config in configs)
        {
            if (_links.TryGetValue(config.Name, out Link? link))
            {
                if (LinkAddress.IsSame(config.Listen, link.Listen) && config.Upstream == link.Upstream && config.IsHttp == link.IsHttp)
                {
                    await KeepAsync(link, config);
                    done.Add(link);
                    continue;
                }

                await RemoveAsync(link);
            }

            done.Add(Add(config));
        }
    }

    /// <summary>Changes where a link listens and leads, and whether it lets clients connect.</summary>
    /// <param name="name">The link.</param>
    /// <param name="listen">Null: as it is.</param>
    /// <param name="upstream">Null: as it is.</param>
    /// <param name="enabled">Null: as it is.</param>
    /// <exception cref="ProxyException">There is none of this name, something is wrong, or the address is taken.</exception>
    public async Task<LinkReport> ChangeAsync(string name, string? listen, string? upstream, bool? enabled)
    {
        using Turn turn = await TakeTurnAsync();
        Link link = Find(name);
        bool isEnabled = enabled ?? link.IsEnabled;
        if ((listen is not null && !LinkAddress.IsSame(listen, link.Listen)) || (upstream is not null && upstream != link.Upstream))
        {
            if (upstream is not null) LinkAddress.ToUpstream(upstream); // Refused before anything is stopped.
            if (listen is not null) LinkAddress.ToListen(listen);
            await link.StopAsync();
            link.Move(listen ?? link.Listen, upstream ?? link.Upstream);
        }

        if (isEnabled) link.Start();
        else await link.StopAsync();
        return link.Report();
    }

    /// <summary>Removes a link and cuts its connections.</summary>
    /// <param name="name">The link.</param>
    /// <exception cref="ProxyException">There is none of this name.</exception>
    public async Task RemoveAsync(string name)
    {
        using Turn turn = await TakeTurnAsync();
        await RemoveAsync(Find(name));
    }

    /// <summary>Sets a toxic on a link; live connections have it at once.</summary>
    /// <param name="link">The link.</param>
    /// <param name="toxic">The toxic.</param>
    /// <exception cref="ProxyException">There is no such link, the toxic exists, or something is wrong with it.</exception>
    public ToxicConfig AddToxic(string link, ToxicConfig toxic) => Find(link).AddToxic(toxic).Config;

    /// <summary>Changes a toxic; what is not given stays.</summary>
    /// <param name="link">The link.</param>
    /// <param name="toxic">The name of the toxic.</param>
    /// <param name="toxicity">The share of connections.</param>
    /// <param name="attributes">New values.</param>
    /// <exception cref="ProxyException">There is no such link or toxic, or a value is wrong.</exception>
    public ToxicConfig ChangeToxic(string link, string toxic, double? toxicity = null, IReadOnlyDictionary<string, double>? attributes = null) =>
        Find(link).ChangeToxic(toxic, toxicity, attributes ?? NoChange, expiresAt: null).Config;

    /// <summary>Removes a toxic; what it held goes on at once.</summary>
    /// <param name="link">The link.</param>
    /// <param name="toxic">The name of the toxic.</param>
    /// <exception cref="ProxyException">There is no such link or toxic.</exception>
    public void RemoveToxic(string link, string toxic) => Find(link).RemoveToxic(toxic);

    /// <summary>Sets an HTTP fault on a link that reads HTTP.</summary>
    /// <param name="link">The link.</param>
    /// <param name="fault">The fault.</param>
    /// <exception cref="ProxyException">There is no such link, it forwards bytes, the fault exists, or something is wrong with it.</exception>
    public HttpFaultConfig AddHttpFault(string link, HttpFaultConfig fault) => Find(link).AddHttpFault(fault).Config;

    /// <summary>Removes an HTTP fault; whoever waits because of it goes on at once.</summary>
    /// <param name="link">The link.</param>
    /// <param name="fault">The name of the fault.</param>
    /// <exception cref="ProxyException">There is no such link or fault.</exception>
    public void RemoveHttpFault(string link, string fault) => Find(link).RemoveHttpFault(fault);

    /// <summary>Cuts every connection of a link that is there now; clients may connect again at once.</summary>
    /// <param name="name">The link.</param>
    /// <exception cref="ProxyException">There is none of this name.</exception>
    public async Task CutAsync(string name)
    {
        using Turn turn = await TakeTurnAsync();
        await Find(name).CutAsync();
    }

    /// <summary>Enables every link, and removes every toxic and HTTP fault.</summary>
    /// <exception cref="ProxyException">An address is taken by now.</exception>
    public async Task ResetAsync()
    {
        using Turn turn = await TakeTurnAsync();
        foreach (Link link in All)
        {
            link.Start();
            link.Clear();
        }
    }

    /// <summary>Removes every link.</summary>
    public async ValueTask DisposeAsync()
    {
        using (await TakeTurnAsync())
        {
            foreach (Link link in All) await RemoveAsync(link);
        }
    }

    internal Link Find(string name) => _links.TryGetValue(name, out Link? link) ? link : throw ProxyProblems.ProxyNotFound();

    private static async Task KeepAsync(Link link, LinkConfig config)
    {
        foreach (ToxicConfig toxic in config.Toxics)
        {
            string name = toxic.Name ?? $"{toxic.Type}_{StreamSides.NameOf(toxic.Stream)}";
            if (link.Toxics.Find(name) is null) link.AddToxic(toxic);
            else link.ChangeToxic(name, toxic.Toxicity, toxic.Attributes, toxic.ExpiresAt);
        }

        foreach (HttpFaultConfig fault in config.HttpFaults)
        {
            if (fault.Name is { } name && link.HttpFaults.Find(name) is not null) link.RemoveHttpFault(name);
            link.AddHttpFault(fault);
        }

        if (config.Enabled) link.Start();
        else await link.StopAsync();
    }

    private Link Add(LinkConfig config)
    {
        if (_links.ContainsKey(config.Name)) throw ProxyProblems.ProxyExists();

        var link = new Link(config, _settings, _time, Record);
        if (config.Enabled) link.Start();
        _links[config.Name] = link;
        return link;
    }

    private async Task RemoveAsync(Link link)
    {
        await link.StopAsync();
        link.Retire();
        _links.TryRemove(link.Name, out _);
    }

    private void Record(HttpFiring firing)
    {
        _firings.Add(firing);
        Observer?.Invoke(firing);
    }

    private async Task<Turn> TakeTurnAsync()
    {
        await _turn.WaitAsync();
        return new Turn(_turn);
    }

    private readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
