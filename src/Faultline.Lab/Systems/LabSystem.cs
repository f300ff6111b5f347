using Faultline.Lab.Problems;
using System.Globalization;
using System.Security.Cryptography;
using Faultline.Lab.Links;
using Faultline.Lab.Postgres;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Systems;

/// <summary>A system that runs in this lab: a database and instances for each of its services. Thread-safe.</summary>
public sealed class LabSystem : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AttachedLimit = TimeSpan.FromSeconds(10);

    private readonly LabInfrastructure _lab;
    private readonly string _token;
    private readonly Dictionary<string, List<SupervisedProcess>> _instances = [];
    private IReadOnlyDictionary<string, string> _databases = new Dictionary<string, string>();
    private int _turn;

    private LabSystem(LabInfrastructure lab, LabSystemSpec spec, LabSystemOptions options)
    {
        (_lab, Spec, Options) = (lab, spec, options);
        _token = options.ControlToken ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        Clients = spec.Services.Where(service => service.Service != options.StandIn?.Service && !service.IsOwn).ToDictionary(service => service.Service, service => new ServiceClient(Http, () => AddressesOf(service.Service), _token, service.Service));
    }

    /// <summary>What runs.</summary>
    public LabSystemSpec Spec { get; }

    /// <summary>How it was started.</summary>
    public LabSystemOptions Options { get; }

    /// <summary>The lab's infrastructure that it stands on.</summary>
    public LabInfrastructure Lab => _lab;

    /// <summary>The links of the system; null in a lab without. Clients and services go over them, the lab itself never does.</summary>
    public SystemLinks? Links { get; private set; }

    /// <summary>Speaks to the services of this lab; never through an HTTP proxy of the machine.</summary>
    public HttpClient Http { get; } = LabHttp.Over(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20) }, TimeSpan.FromSeconds(100));

    /// <summary>The control endpoints of each service, by <c>system/service</c>.</summary>
    public IReadOnlyDictionary<string, ServiceClient> Clients { get; }

    /// <summary>The instances of a service.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public IReadOnlyList<SupervisedProcess> InstancesOf(string service) => _instances.TryGetValue(service, out List<SupervisedProcess>? instances) ? instances : [];

    /// <summary>The name of a service's database on the server <c>postgres/services</c>.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public static string DatabaseOf(string service) => service.Replace('/', '_').Replace('-', '_');

    /// <summary>The name of a system's database on the server <c>postgres/queue</c>.</summary>
    /// <param name="system">The system.</param>
    public static string QueueDatabaseOf(string system) => $"{system}_queue";

    /// <summary>Starts a system and waits until all of its instances are healthy.</summary>
    /// <param name="lab">The infrastructure.</param>
    /// <param name="spec">What to start.</param>
    /// <param name="options">How.</param>
    /// <param name="stop">Gives up; what was started is stopped.</param>
    /// <exception cref="LabException">A service does not come up; the last lines of its log are in the message.</exception>
    public static async Task<LabSystem> StartAsync(LabInfrastructure lab, LabSystemSpec spec, LabSystemOptions options, CancellationToken stop)
    {
        if (options.StandIn is { Executable: null, Address: null } named) options = options with { StandIn = await new StandInSource(lab, TimeProvider.System).PrepareAsync(named.Service, named.Source, stop) };
        var system = new LabSystem(lab, spec, options);
        try
        {
            if (options.IsFresh) await system.EmptyAsync(stop);
            string? broker = spec.IsOwn ? null : await BrokerOfAsync(lab, spec, options, stop);
            system.Links = lab.UsesLinks ? new SystemLinks(lab.Supervisor.TakePort, lab.Time) : null;
            SystemStart start = await SystemStart.PrepareAsync(lab, spec, options, system.Links, broker, stop);
            system._databases = start.Databases;
            foreach (ServiceDescription service in spec.Services)
            {
                var instances = new List<SupervisedProcess>();
                system._instances.Add(service.Service, instances);
                foreach (InstanceSpec instance in start.InstancesOf(service.Service, system._token)) instances.Add(lab.Supervisor.Start(instance));
            }

            await Task.WhenAll(system._instances.SelectMany(service => service.Value.Select(instance => instance.WaitHealthyAsync(system.StartLimitOf(service.Key), stop))));
            foreach ((string service, OwnProgram program) in spec.Programs.Where(own => own.Value.Address is not null)) await system.RequireAttachedAsync(service, program, stop);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of a service's database, round the links; null for a service without one. It is a secret.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public string? DatabaseConnectionOf(string service) => _databases.GetValueOrDefault(service);

    /// <summary>The folder with the data folders of a system: one for each service, and in a system of the user's own one for each instance.</summary>
    internal string DataFolder => DataFolderOf(_lab, Spec);

    /// <summary>The folder with the data folders of a system: one for each service, and in a system of the user's own one for each instance.</summary>
    internal static string DataFolderOf(LabInfrastructure lab, LabSystemSpec spec) => Path.Combine(lab.Folder.Path, "data", spec.Name);

    /// <summary>Where a service can be reached now: one of its healthy instances after the other, so that clients spread over them.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public Uri AddressOf(string service)
    {
        IReadOnlyList<Uri> addresses = AddressesOf(service);
        return addresses[(int)((uint)Interlocked.Increment(ref _turn) % (uint)addresses.Count)];
    }

    /// <summary>Where a client reaches a service: over its link, where there is one.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public Uri ClientAddressOf(string service)
    {
        Uri direct = AddressOf(service);
        string? instance = IsAttached(service) ? $"{LinkDescription.ShortName(service)}-1" : InstancesOf(service).FirstOrDefault(process => process.Port == direct.Port)?.Target[(Spec.Name.Length + 1)..];
        return Links?.All.FirstOrDefault(link => link.Link.Role == LinkRole.Client && link.To == instance) is { } over ? AddressAt(over.Port) : direct;
    }

    /// <summary>Stops its instances; the databases stay.</summary>
    public async ValueTask DisposeAsync()
    {
        // Together: a service that ends does not need the others, which may be away at any time.
        await Task.WhenAll(_instances.Values.SelectMany(instances => instances).Select(instance => _lab.Supervisor.RemoveAsync(instance.Target)));
        if (Links is not null) await Links.DisposeAsync();
        Http.Dispose();
    }

    /// <summary>Healthy instances first; when there is none, all of them: one may just be coming back.</summary>
    private IReadOnlyList<Uri> AddressesOf(string service)
    {
        if (Options.StandIn is { Address: { } attached } standIn && standIn.Service == service) return [attached];
        if (Spec.Programs.TryGetValue(service, out OwnProgram? own) && own.Address is { } there) return [there];

        SupervisedProcess[] all = [.. InstancesOf(service)];
        SupervisedProcess[] healthy = [.. all.Where(instance => instance.State == ProcessState.Healthy)];
        return [.. (healthy.Length > 0 ? healthy : all).Select(instance => AddressAt(instance.Port))];
    }

    private static Uri AddressAt(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private bool IsAttached(string service) => (Options.StandIn is { IsAttached: true } standIn && standIn.Service == service) || Spec.Programs.GetValueOrDefault(service)?.Address is not null;

    private TimeSpan StartLimitOf(string service) => Spec.Programs.GetValueOrDefault(service)?.StartLimit ?? StartLimit;

    private static async Task<string> BrokerOfAsync(LabInfrastructure lab, LabSystemSpec spec, LabSystemOptions options, CancellationToken stop) => options.Broker switch
    {
        BrokerNames.PostgreSql => await lab.Queue.CreateDatabaseAsync(QueueDatabaseOf(spec.Name), stop),
        BrokerNames.RabbitMq => await lab.Rabbit.AddressForAsync(spec.Name, stop),
        _ => throw new LabException($"There is no broker '{options.Broker}'; there are: {string.Join(", ", BrokerNames.All)}."),
    };

    /// <summary>Takes away what earlier experiments left. On a server of the user's own the databases stay: what is in them may be wanted.</summary>
    private async Task EmptyAsync(CancellationToken stop)
    {
        if (Directory.Exists(DataFolder)) Directory.Delete(DataFolder, recursive: true);
        if (_lab.Services is not PostgresCluster) return;

        foreach (ServiceDescription service in Spec.Services.Where(service => service.HasDatabase)) await _lab.Services.DropDatabaseAsync(DatabaseOf(service.Service), stop);
    }

    /// <summary>A program that runs already must answer before anything is done with it.</summary>
    private async Task RequireAttachedAsync(string service, OwnProgram program, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AttachedLimit);
        if (Links is null && program.LinkPorts.Count > 0) throw new LabException($"{service} runs already and expects its links at {string.Join(", ", program.LinkPorts.Values)}; a lab without links has none there. Start it without --no-links.");

        string asked = program.HealthPath is { } path ? $"GET {path}" : "a connection";
        try
        {
            if (program.HealthPath is null)
            {
                using var socket = new System.Net.Sockets.TcpClient();
                await socket.ConnectAsync(program.Address!.Host, program.Address.Port, limit.Token);
                return;
            }

            using HttpResponseMessage reply = await Http.GetAsync(new Uri(program.Address!, program.HealthPath), limit.Token);
            if (!reply.IsSuccessStatusCode) throw new LabException($"{service} at {program.Address} is not well: {asked} answered {(int)reply.StatusCode}.");
        }
        catch (Exception error) when (error is HttpRequestException or System.Net.Sockets.SocketException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new LabException($"{service} does not answer at {program.Address} ({asked}); its file says that it runs there already, so start it before.", error);
        }
    }
}
