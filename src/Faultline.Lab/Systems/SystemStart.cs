using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Faultline.Lab.Links;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Telemetry;
using Faultline.Protocol.Services;
using Npgsql;

namespace Faultline.Lab.Systems;

/// <summary>
/// How the instances of a system are started: where they listen, and how they reach their database, the broker and each other. Where the lab has links, every such way is one, and instances get their
/// ports beforehand, because a link must know where it leads before anybody starts.
/// </summary>
internal sealed class SystemStart
{
    private readonly LabSystemSpec _spec;
    private readonly LabSystemOptions _options;
    private readonly string? _broker;
    private readonly string _dataFolder;
    private readonly Dictionary<string, string> _databases = []; // Of services that have one.
    private readonly Dictionary<string, int> _ports = []; // By instance.
    private readonly Dictionary<(string Instance, string Setting), string> _ways = [];

    private readonly TelemetryStore _telemetry;

    private SystemStart(LabSystemSpec spec, LabSystemOptions options, string? broker, string dataFolder, TelemetryStore telemetry) => (_spec, _options, _broker, _dataFolder, _telemetry) = (spec, options, broker, dataFolder, telemetry);

    /// <summary>Creates the databases, and the links where the lab has them.</summary>
    public static async Task<SystemStart> PrepareAsync(LabInfrastructure lab, LabSystemSpec spec, LabSystemOptions options, SystemLinks? links, string? broker, CancellationToken stop)
    {
        var start = new SystemStart(spec, options, broker, LabSystem.DataFolderOf(lab, spec), lab.Telemetry);
        foreach ((string service, bool hasDatabase) in spec.Services.Select(service => (service.Service, service.HasDatabase)))
        {
            if (hasDatabase) start._databases[service] = await lab.Services.CreateDatabaseAsync(LabSystem.DatabaseOf(service), stop);
            foreach (string instance in start.NamesOf(service)) start._ports[instance] = start.FixedPortOf(service, instance, hasLinks: links is not null) ?? (links is null && !start.IsCalled(service) ? 0 : lab.Supervisor.TakePort());
        }

        foreach (ServiceDescription service in spec.Services) await start.LinkAsync(service, links);
        return start;
    }

    /// <summary>The connection strings of the databases, by service, round the links.</summary>
    public IReadOnlyDictionary<string, string> Databases => _databases;

    /// <summary>The instances of a service; none of one that already runs.</summary>
    public IEnumerable<InstanceSpec> InstancesOf(string service, string token) => AttachedAt(service) is not null ? [] : NamesOf(service).Select((name, place) =>
    {
        var instance = new InstanceSpec
        {
            System = _spec.Name,
            Service = LinkDescription.ShortName(service),
            Ordinal = place + 1,
            Executable = _spec.Executable ?? "",
            Arguments = ["service", service],
            HttpPort = _ports[name],
            // What a lab breaks on purpose comes back at once.
            RestartDelayMax = TimeSpan.FromMilliseconds(300),
        };
        if (_spec.Programs.TryGetValue(service, out OwnProgram? program)) return OwnStartOf(program, service).Ready(instance, name, WaysOf(name), DatabaseOver(service, name));

        return _options.StandIn is { } standIn && standIn.Service == service
            ? instance with { Executable = standIn.Executable!, Arguments = standIn.Arguments, WorkingFolder = standIn.WorkingFolder, Environment = OwnEnvironment(service, name), HealthPath = null, EndsWithInput = false }
            : instance with { Environment = EnvironmentOf(service, name, token) };
    });

    private async Task LinkAsync(ServiceDescription service, SystemLinks? links)
    {
        IReadOnlyList<LinkDescription> all = LinkDescription.Of(_spec.Services);
        string shortName = LinkDescription.ShortName(service.Service);
        foreach ((string instance, int place) in NamesOf(service.Service).Select((name, place) => (name, place)))
        {
            foreach ((string called, int turn) in service.Calls.Select((called, turn) => (called, turn)))
            {
                // Callers are dealt out among the instances of whom they call.
                string[] targets = [.. NamesOf(called)];
                string target = targets[place % targets.Length];
                int port = _ports[target];
                string address = AttachedAt(called)?.Authority ?? LinkRoutes.Here(port);
                if (links is not null) address = LinkRoutes.Here((await links.AddAsync(all.First(link => link.From == shortName && link.To == LinkDescription.ShortName(called)), instance, target, address, LinkPortOf(service.Service, called, turn, place))).Port);
                _ways[(instance, PeerSetting(called))] = $"http://{address}";
            }

            foreach (UpstreamDescription upstream in service.Upstreams)
            {
                LinkDescription link = all.First(known => known.From == shortName && known.To == upstream.Name);
                int? listen = LinkPortOf(service.Service, upstream.Name, turn: 0, place);
                _ways[(instance, PeerSetting(upstream.Name))] = $"http://{(links is null ? upstream.Address : LinkRoutes.Here((await links.AddAsync(link, instance, upstream.Name, upstream.Address, listen)).Port))}";
            }

            if (links is null) continue;

            if (service.Listens) await links.AddAsync(all.First(link => link.Role == LinkRole.Client && link.To == shortName), LinkDescription.Client, instance, AttachedAt(service.Service)?.Authority ?? LinkRoutes.Here(_ports[instance]));
            await LinkServersAsync(instance, shortName, _databases.GetValueOrDefault(service.Service), all, links);
        }
    }

    /// <summary>The port on which a link must listen, because somebody else was told it beforehand. Of several instances only the first can have it.</summary>
    private int? LinkPortOf(string service, string called, int turn, int place)
    {
        if (_spec.Programs.TryGetValue(service, out OwnProgram? program)) return place == 0 && program.LinkPorts.TryGetValue(LinkDescription.ShortName(called), out int port) ? port : null;
        return AttachedAt(service) is null ? null : StandIn.FirstPeerPort + turn;
    }

    private OwnStart OwnStartOf(OwnProgram program, string service) => new(
        program, DescriptionOf(service), [.. _options.GuardsOff.Where(off => off.Service == service).Select(off => off.Guard)], _dataFolder)
    {
        TcpCalls = CallsOf(service).Where(called => !DescriptionOf(called).IsHttp).Select(LinkDescription.ShortName).ToHashSet(),
    };

    /// <summary>How an instance reaches what it calls, as host and port, by the last name of that.</summary>
    private Dictionary<string, string> WaysOf(string instance) =>
        _ways.Where(way => way.Key.Instance == instance && way.Key.Setting.StartsWith(PeerPrefix, StringComparison.Ordinal)).ToDictionary(way => way.Key.Setting[PeerPrefix.Length..], way => new Uri(way.Value).Authority);

    private string? DatabaseOver(string service, string instance) => _ways.GetValueOrDefault((instance, "Faultline__Database")) ?? _databases.GetValueOrDefault(service);

    private async Task LinkServersAsync(string instance, string service, string? database, IReadOnlyList<LinkDescription> all, SystemLinks links)
    {
        if (database is not null && LinkRoutes.OfDatabase(database) is { } server)
        {
            SystemLink link = await links.AddAsync(all.First(link => link.From == service && link.Role == LinkRole.Database), instance, LinkDescription.Database, server);
            _ways[(instance, "Faultline__Database")] = LinkRoutes.DatabaseOver(database, link.Port);
            _ways[(instance, "Faultline__WatchDatabase")] = database;
        }

        if (_broker is null) return;

        bool isRabbit = _options.Broker == BrokerNames.RabbitMq;
        if ((isRabbit ? LinkRoutes.OfRabbit(_broker) : LinkRoutes.OfDatabase(_broker)) is { } broker)
        {
            SystemLink link = await links.AddAsync(all.First(link => link.From == service && link.Role == LinkRole.Broker), instance, LinkDescription.Broker, broker);
            _ways[(instance, "Faultline__BrokerConnection")] = isRabbit ? LinkRoutes.RabbitOver(_broker, link.Port) : LinkRoutes.DatabaseOver(_broker, link.Port);
            _ways[(instance, "Faultline__WatchBroker")] = _broker;
        }
    }

    /// <summary>Another secret than the token, and as lasting: what services have signed stays good while the system is started anew.</summary>
    private static string SystemKeyOf(string token) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "system-key"u8));

    private Dictionary<string, string> EnvironmentOf(string service, string instance, string token)
    {
        var environment = new Dictionary<string, string>(_spec.Environment)
        {
            ["Faultline__Instance"] = instance,
            ["Faultline__Database"] = _databases[service],
            ["Faultline__Broker"] = _options.Broker,
            ["Faultline__BrokerConnection"] = _broker!,
            ["Faultline__ControlToken"] = token,
            ["Faultline__SystemKey"] = SystemKeyOf(token),
            ["Faultline__Data"] = Path.Combine(_dataFolder, LinkDescription.ShortName(service)),
            ["Faultline__Audit"] = "true",
            ["Faultline__StopWithInput"] = "true",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:{port}",
            [YoungProcess.Variable] = YoungProcess.CallCountThreshold,
        };
        if (_telemetry.Endpoint is { } lab)
        {
            environment["Faultline__LabTelemetry"] = lab.ToString();
            environment["Faultline__LabTelemetryKey"] = _telemetry.Key;
        }

        foreach (((_, string setting), string value) in _ways.Where(way => way.Key.Instance == instance)) environment[setting] = value;
        foreach ((string key, string value) in _spec.Checks.LabSettings) environment[key] = value;
        return environment;
    }

    /// <summary>What a program of the user's own is told, in terms that every language knows: port, peers, database.</summary>
    private Dictionary<string, string> OwnEnvironment(string service, string instance)
    {
        string over = _ways.GetValueOrDefault((instance, "Faultline__Database"), _databases[service]);
        var database = new NpgsqlConnectionStringBuilder(over);
        var environment = new Dictionary<string, string>
        {
            ["PORT"] = "{port}",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:{port}",
            ["DATABASE_URL"] = OwnStart.UrlOf(database),
            ["DATABASE"] = over,
        };
        foreach (string called in CallsOf(service)) environment[$"{LinkDescription.ShortName(called).ToUpperInvariant()}_URL"] = _ways[(instance, PeerSetting(called))];
        return environment;
    }

    private const string PeerPrefix = "Faultline__Peers__";

    private static string PeerSetting(string called) => PeerPrefix + LinkDescription.ShortName(called);

    private ServiceDescription DescriptionOf(string service) => _spec.Services.First(known => known.Service == service);

    private IReadOnlyList<string> CallsOf(string service) => DescriptionOf(service).Calls;

    /// <summary>Where a program of the user's own already runs; null for a service that the lab starts.</summary>
    private Uri? AttachedAt(string service) => _spec.Programs.TryGetValue(service, out OwnProgram? program) ? program.Address : _options.StandIn is { Address: { } address } standIn && standIn.Service == service ? address : null;

    /// <summary>The port of what already runs; and without links that of what it calls, which it expects where a link would listen.</summary>
    private int? FixedPortOf(string service, string instance, bool hasLinks)
    {
        if (AttachedAt(service) is { } attached) return attached.Port;
        if (hasLinks || _options.StandIn is not { IsAttached: true } standIn || NamesOf(service).First() != instance) return null;
        int turn = CallsOf(standIn.Service).ToList().IndexOf(service);
        return turn < 0 ? null : StandIn.FirstPeerPort + turn;
    }

    private bool IsCalled(string service) => _spec.Services.Any(caller => caller.Calls.Contains(service));

    private IEnumerable<string> NamesOf(string service) =>
        Enumerable.Range(1, AttachedAt(service) is null ? _options.ReplicasFor(service) : 1).Select(ordinal => string.Create(CultureInfo.InvariantCulture, $"{LinkDescription.ShortName(service)}-{ordinal}"));
}
