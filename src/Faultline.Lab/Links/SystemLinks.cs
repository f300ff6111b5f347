using System.Globalization;
using Faultline.Lab.Problems;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Proxy.Problems;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;
using Faultline.Verification.Profiles;
using Npgsql;

namespace Faultline.Lab.Links;

/// <summary>The links of one running system, each through the fault proxy: client to service, service to service, service to database. Thread-safe.</summary>
/// <remarks>Links are named by their ends, as <c>client-orders</c>, <c>orders-menu</c> and <c>orders-database</c>.</remarks>
public sealed class SystemLinks : IAsyncDisposable
{
    private const string OperationHeader = "fl-operation";
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    private readonly LinkSet _links;

    /// <summary>No links yet.</summary>
    /// <param name="time">The clock.</param>
    public SystemLinks(TimeProvider time) => _links = new LinkSet(time, new Seed(0), OperationHeader, ConnectLimit);

    /// <summary>What happens on every link.</summary>
    public IReadOnlyList<LinkReport> Report() => _links.Report();

    /// <summary>Adds a link that reads HTTP.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="upstreamPort">Where it leads on 127.0.0.1.</param>
    /// <param name="listenPort">Where it listens on 127.0.0.1; 0 for a free port.</param>
    /// <returns>Where it answers.</returns>
    /// <exception cref="LabException">The port is taken.</exception>
    public async Task<Uri> AddHttpAsync(string name, int upstreamPort, int listenPort = 0)
    {
        try
        {
            return new Uri($"http://{(await _links.AddAsync(new LinkConfig { Name = name, Listen = At(listenPort), Upstream = At(upstreamPort), IsHttp = true, ExemptPaths = ["/health/*"] })).Listen}");
        }
        catch (ProxyException error)
        {
            throw new LabException($"The link {name} cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>Adds a link to a database.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="connectionString">How the database is reached without it.</param>
    /// <returns>How it is reached over the link.</returns>
    public async Task<string> AddDatabaseAsync(string name, string connectionString)
    {
        var direct = new NpgsqlConnectionStringBuilder(connectionString);
        LinkReport link = await _links.AddAsync(new LinkConfig { Name = name, Upstream = string.Create(CultureInfo.InvariantCulture, $"{direct.Host}:{direct.Port}") });
        int colon = link.Listen.LastIndexOf(':');
        (direct.Host, direct.Port) = (link.Listen[..colon], int.Parse(link.Listen[(colon + 1)..], CultureInfo.InvariantCulture));
        return direct.ConnectionString;
    }

    /// <summary>Puts the links of a profile into force.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="seed">Decides every random choice of it.</param>
    public void Set(FaultProfile profile, Seed seed)
    {
        foreach (LinkFaults faults in profile.Links)
        {
            foreach (string link in Named(faults.Link)) foreach (HttpFaultConfig fault in FaultsOf(faults)) _links.AddHttpFault(link, fault with { Seed = seed.Derive($"link/{link}/{fault.Name}").Value });
        }

        foreach (LinkToxic toxic in profile.Toxics)
        {
            foreach (string link in Named(toxic.Link))
            {
                _links.AddToxic(link, new ToxicConfig { Type = toxic.Type, Toxicity = toxic.Toxicity, Attributes = toxic.Attributes, Seed = seed.Derive($"link/{link}/{toxic.Type}").Value });
            }
        }
    }

    /// <summary>Removes every fault from every link.</summary>
    public Task ClearAsync() => _links.ResetAsync();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _links.DisposeAsync();

    private static string At(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>The links of that name: one for each instance of the service that it leads to.</summary>
    private IEnumerable<string> Named(string name) => _links.Report().Select(link => link.Name).Where(link => link == name || link.StartsWith($"{name}-", StringComparison.Ordinal));

    private static IEnumerable<HttpFaultConfig> FaultsOf(LinkFaults faults)
    {
        // Latency first: a fault that decides the outcome is the last that is asked.
        foreach ((HttpPhase phase, double share) in ((HttpPhase, double)[])[(HttpPhase.Before, faults.FailsBefore), (HttpPhase.After, faults.FailsAfter)])
        {
            string when = phase is HttpPhase.Before ? "before" : "after";
            if (faults.LatencyMax > TimeSpan.Zero)
            {
                yield return new HttpFaultConfig { Name = $"latency-{when}", Kinds = ["latency"], When = phase, Settings = new HttpFaultSettings { Distribution = "uniform", MinMs = 0, MaxMs = faults.LatencyMax.TotalMilliseconds } };
            }

            if (share > 0) yield return new HttpFaultConfig { Name = $"fails-{when}", Kinds = ["abort", "status"], When = phase, Trigger = new TriggerRule.Probability(share), Settings = new HttpFaultSettings { Status = 503 } };
        }
    }
}
