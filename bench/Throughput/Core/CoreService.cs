using Faultline.Anomalies;
using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Outbox;
using Faultline.Messaging.PostgreSql.Control;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Running;
using Faultline.Messaging.Store;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Services;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Bench.Throughput.Core;

/// <summary>One service instance as the command line composes it, without HTTP: store, election, bell, broker, control state and core.</summary>
internal sealed class CoreService : IAsyncDisposable
{
    public const string Producer = "bench/orders";
    public const string Consumer = "bench/shipping";

    /// <summary>Connections of the core's own: leader, ear, outbox, control, bell.</summary>
    private const int OwnConnections = 10;

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlDataSource _units;
    private readonly NpgsqlDataSource? _broker;
    private readonly ITransport _transport;
    private readonly PostgresControlStore _control;
    private readonly FaultPipeline _faults;
    private readonly ControlPanel _panel;
    private readonly LeaderBell _bell;
    private readonly MessagingCore _core;
    private readonly ILoggerFactory _log;
    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;

    private CoreService(string service, Part part, RoleSetup setup, (NpgsqlDataSource Sessions, NpgsqlDataSource Units) database, NpgsqlDataSource? broker, ITransport transport, ILoggerFactory log)
    {
        (_database, _units, _broker, _transport, _log) = (database.Sessions, database.Units, broker, transport, log);
        TimeProvider time = TimeProvider.System;
        string instance = Instance(service);
        _control = new PostgresControlStore(part.Database);
        _faults = new FaultPipeline(instance, _control, time, log.CreateLogger<FaultPipeline>());
        _panel = new ControlPanel(service, _control, _faults, time, log.CreateLogger<ControlPanel>());
        _bell = new LeaderBell(database.Sessions, time);
        var election = new PostgresElection(database.Sessions, time);
        var parts = new MessagingParts
        {
            Store = part.Around(new PostgresStore(database.Units, election, instance, part.Audit)),
            Election = election,
            Transport = transport,
            Faults = _faults,
            Control = _panel,
            Topology = Topology(setup.Tuning.Partitions),
            Catalogue = new MessageCatalogue([typeof(OrderPlaced)]),
            Handlers = part.Handlers,
            TellLeader = _bell.Ring,
        };
        _core = new MessagingCore(Options(service, setup), parts, time, log.CreateLogger<MessagingCore>());
    }

    /// <summary>What differs between the sides.</summary>
    /// <param name="Database">Connection string of the service's database.</param>
    /// <param name="Sessions">How many connections to it the side's own load needs.</param>
    /// <param name="Audit">Whether audit rows are written.</param>
    /// <param name="Handlers">What it handles.</param>
    /// <param name="Around">What the store is wrapped in.</param>
    internal sealed record Part(string Database, int Sessions, bool Audit, HandlerTable Handlers, Func<IMessageStore, IMessageStore> Around);

    /// <summary>Runs work that publishes.</summary>
    public Units Units => _core.Units;

    /// <summary>Fails when the core ended on its own; what its loops recover from stands on standard error.</summary>
    public Task Failure { get; private set; } = new TaskCompletionSource().Task;

    /// <summary>Connects and declares; nothing runs yet.</summary>
    public static async Task<CoreService> OpenAsync(string service, Part part, RoleSetup setup, CancellationToken stop)
    {
        ILoggerFactory log = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(new ErrorStreamLog()));
        NpgsqlDataSource database = SourceOf(part.Database, service, OwnConnections);
        NpgsqlDataSource units = SourceOf(part.Database, service, part.Sessions + OwnConnections, noReset: true);
        ILogger told = log.CreateLogger("Faultline.Transport");
        NpgsqlDataSource? broker = setup.Servers.Rabbit is null ? SourceOf(setup.Servers.Broker(), service, poolMax: 20, noReset: true) : null;
        ITransport transport = broker is null
            ? await RabbitMqTransport.ConnectAsync(setup.Servers.Rabbit!, TimeProvider.System, told, stop)
            : await PostgreSqlTransport.ConnectAsync(broker, TimeProvider.System, told, stop);
        var opened = new CoreService(service, part, setup, (database, units), broker, transport, log);
        await opened._core.PrepareAsync(stop);
        return opened;
    }

    /// <summary>Runs relay and consumer until disposed.</summary>
    public void Start()
    {
        CancellationToken stop = _ending.Token;
        _running = Task.Run(() => Task.WhenAll(_core.RunAsync(stop), _bell.RunAsync(stop)), CancellationToken.None);
        Failure = _running.ContinueWith(
            ended => stop.IsCancellationRequested ? new TaskCompletionSource().Task : Task.FromException(ended.Exception ?? (Exception)new InvalidOperationException("the core ended by itself")),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Unwrap();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _transport.DisposeAsync();
        _panel.Dispose();
        _faults.Dispose();
        await _control.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        await _units.DisposeAsync();
        await _database.DisposeAsync();
        _ending.Dispose();
        _log.Dispose();
    }

    private static string Instance(string service) => $"{service[(service.IndexOf('/') + 1)..]}-{Environment.ProcessId}";

    private static SystemTopology Topology(int partitions)
    {
        MessageContract placed = MessageCatalogue.ContractOf(typeof(OrderPlaced));
        return new SystemTopology([new ServiceTopology(Producer, [placed], []), new ServiceTopology(Consumer, [], [placed])], partitions);
    }

    private static MessagingOptions Options(string service, RoleSetup setup)
    {
        var relay = new RelayOptions();
        var consumer = new ConsumerOptions();
        return new MessagingOptions
        {
            Service = service,
            Instance = Instance(service),
            Relay = relay with { BatchRowsMax = setup.Tuning.RelayBatch, HeldRowsMax = Math.Max(relay.HeldRowsMax, setup.Tuning.RelayBatch) },
            Consumer = consumer with { BatchMessagesMax = setup.Tuning.ConsumerBatch, UnsettledMax = Math.Max(consumer.UnsettledMax, setup.Tuning.ConsumerBatch) },
        };
    }

    // The settings that the command line gives to a service.
    private static NpgsqlDataSource SourceOf(string connection, string service, int poolMax, bool noReset = false) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
    {
        ApplicationName = Instance(service),
        MaxPoolSize = poolMax,
        MaxAutoPrepare = 100,
        AutoPrepareMinUsages = 2,
        Options = "-c idle_in_transaction_session_timeout=8s",
        Timeout = 5,
        CommandTimeout = 30,
        NoResetOnClose = noReset,
    });
}
