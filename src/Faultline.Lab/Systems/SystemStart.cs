using System.Globalization;
using Faultline.Lab.Links;
using Faultline.Lab.Supervisor;
using Faultline.Protocol.Services;
using Npgsql;

namespace Faultline.Lab.Systems;

/// <summary>
/// How the instances of a system are started: where they listen, how they reach their database and each other. A system that has fault profiles gets a link for every way between two processes,
/// and its instances get ports beforehand, because a link must know where it leads before anybody starts.
/// </summary>
internal sealed class SystemStart
{
    private readonly LabSystemSpec _spec;
    private readonly LabSystemOptions _options;
    private readonly Dictionary<string, string> _databases = [];
    private readonly Dictionary<string, int[]> _ports = [];
    private readonly Dictionary<(string From, string To), Uri> _peers = [];
    private readonly Dictionary<int, Uri> _clients = [];

    private SystemStart(LabSystemSpec spec, LabSystemOptions options) => (_spec, _options) = (spec, options);

    /// <summary>The links; null for a system without.</summary>
    public SystemLinks? Links { get; private set; }

    /// <summary>Where a client goes, by the port of the instance that it wants.</summary>
    public IReadOnlyDictionary<int, Uri> ClientAddresses => _clients;

    public static async Task<SystemStart> PrepareAsync(LabInfrastructure lab, LabSystemSpec spec, LabSystemOptions options, CancellationToken stop)
    {
        var start = new SystemStart(spec, options);
        bool isLinked = spec.Checks.Profiles.Count > 0;
        foreach (string service in spec.Services.Select(service => service.Service))
        {
            start._databases[service] = await lab.Services.CreateDatabaseAsync(LabSystem.DatabaseOf(service), stop);
            start._ports[service] = start.AttachedAt(service) is { } attached ? [attached.Port] : [.. Enumerable.Range(0, options.ReplicasFor(service)).Select(_ => isLinked ? lab.Supervisor.TakePort() : 0)];
        }

        if (isLinked) await start.LinkAsync(TimeProvider.System);
        return start;
    }

    /// <summary>The instances of a service; none of one that already runs.</summary>
    public IEnumerable<InstanceSpec> InstancesOf(string service, string broker, string token)
    {
        if (AttachedAt(service) is not null) yield break;

        for (int ordinal = 1; ordinal <= _ports[service].Length; ordinal++)
        {
            var instance = new InstanceSpec
            {
                System = _spec.Name,
                Service = NameOf(service),
                Ordinal = ordinal,
                Executable = _spec.Executable,
                Arguments = ["service", service],
                HttpPort = _ports[service][ordinal - 1],
                // What a lab breaks on purpose comes back at once.
                RestartDelayMax = TimeSpan.FromMilliseconds(300),
            };
            yield return _options.StandIn is { } standIn && standIn.Service == service
                ? instance with { Executable = standIn.Executable!, Arguments = standIn.Arguments, WorkingFolder = standIn.WorkingFolder, Environment = OwnEnvironment(service), HealthPath = null, EndsWithInput = false }
                : instance with { Environment = EnvironmentOf(service, ordinal, broker, token) };
        }
    }

    private async Task LinkAsync(TimeProvider time)
    {
        SystemLinks links = Links = new SystemLinks(time);
        foreach (ServiceDescription service in _spec.Services)
        {
            string name = NameOf(service.Service);
            _databases[service.Service] = await links.AddDatabaseAsync($"{name}-database", _databases[service.Service]);
            int[] ports = _ports[service.Service];
            for (int ordinal = 1; ordinal <= ports.Length; ordinal++) _clients[ports[ordinal - 1]] = await links.AddHttpAsync(ordinal == 1 ? $"client-{name}" : string.Create(CultureInfo.InvariantCulture, $"client-{name}-{ordinal}"), ports[ordinal - 1]);
            // A peer is reached at its first instance.
            for (int place = 0; place < service.Calls.Count; place++)
            {
                int listen = AttachedAt(service.Service) is null ? 0 : StandIn.FirstPeerPort + place;
                _peers[(service.Service, service.Calls[place])] = await links.AddHttpAsync($"{name}-{NameOf(service.Calls[place])}", _ports[service.Calls[place]][0], listen);
            }
        }
    }

    private Dictionary<string, string> EnvironmentOf(string service, int ordinal, string broker, string token)
    {
        var environment = new Dictionary<string, string>(_spec.Environment)
        {
            ["Faultline__Instance"] = string.Create(CultureInfo.InvariantCulture, $"{NameOf(service)}-{ordinal}"),
            ["Faultline__Database"] = _databases[service],
            ["Faultline__Broker"] = _options.Broker,
            ["Faultline__BrokerConnection"] = broker,
            ["Faultline__ControlToken"] = token,
            ["Faultline__Audit"] = "true",
            ["Faultline__StopWithInput"] = "true",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:{port}",
        };
        foreach (((_, string to), Uri address) in _peers.Where(peer => peer.Key.From == service)) environment[$"Faultline__Peers__{NameOf(to)}"] = address.ToString();
        foreach ((string key, string value) in _spec.Checks.LabSettings) environment[key] = value;
        return environment;
    }

    /// <summary>What a program of the user's own is told, in terms that every language knows: port, peers, database.</summary>
    private Dictionary<string, string> OwnEnvironment(string service)
    {
        var database = new NpgsqlConnectionStringBuilder(_databases[service]);
        var environment = new Dictionary<string, string>
        {
            ["PORT"] = "{port}",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:{port}",
            ["DATABASE_URL"] = string.Create(CultureInfo.InvariantCulture, $"postgresql://{Uri.EscapeDataString(database.Username ?? "")}:{Uri.EscapeDataString(database.Password ?? "")}@{database.Host}:{database.Port}/{database.Database}"),
            ["DATABASE"] = _databases[service],
        };
        foreach (((_, string to), Uri address) in _peers.Where(peer => peer.Key.From == service)) environment[$"{NameOf(to).ToUpperInvariant()}_URL"] = address.ToString().TrimEnd('/');
        return environment;
    }

    private Uri? AttachedAt(string service) => _options.StandIn is { Address: { } address } standIn && standIn.Service == service ? address : null;

    private static string NameOf(string service) => service[(service.IndexOf('/') + 1)..];
}
