using Faultline.Hosting;
using Faultline.Hosting.Configuration;
using Faultline.Messaging.PostgreSql;
using Faultline.Messaging.PostgreSql.Control;
using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Services;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Cli.Composition;

/// <summary>Gives a service its store on PostgreSQL and its broker: the only place where services, store and transports meet.</summary>
internal static class Backend
{
    /// <summary>A handler that is idle inside a transaction for this long loses it: a paused process must not hold locks for ever. Slow work belongs before the transaction.</summary>
    private const string IdleInTransactionMax = "8s";

    public static async Task<ServiceBackend> OpenAsync(string service, ServiceBuilder builder, ServiceSettings settings, ILoggerFactory log, CancellationToken stop)
    {
        if (!BrokerNames.All.Contains(settings.Broker)) throw new ConfigurationException($"Faultline:Broker is '{settings.Broker}'; it must be {string.Join(" or ", BrokerNames.All)}");

        string instance = settings.MessagingOptions(service).Instance;
        NpgsqlDataSource database = SourceOf("Faultline:Database", settings.Database!, instance, poolMax: 20);
        // Units of work leave nothing behind in a session but what a transaction ends, so that theirs need no reset, which costs as much as a small transaction.
        NpgsqlDataSource units = SourceOf("Faultline:Database", settings.Database!, instance, poolMax: 30, noReset: true);
        await MigrateAsync(database, service, builder, stop);
        var time = TimeProvider.System;
        NpgsqlDataSource watch = settings.WatchDatabase is { } direct ? SourceOf("Faultline:WatchDatabase", direct, instance, poolMax: 10) : database;
        var control = new PostgresControlStore(settings.WatchDatabase ?? settings.Database!);
        var election = new PostgresElection(database, time);
        var bell = new LeaderBell(database, time);
        var ledger = new LedgerReader(watch, service);
        var desk = new DeadLetterDesk(watch, service, settings.Partitions);
        ILogger transportLog = log.CreateLogger("Faultline.Transport");
        (ITransport transport, NpgsqlDataSource? broker) = await ConnectAsync(settings, settings.BrokerConnection!, instance, transportLog, stop);
        var depth = new DepthWatch(service, settings.WatchBroker is { } around ? stopping => ConnectAsync(settings, around, instance, transportLog, stopping) : null, transport);
        return new ServiceBackend
        {
            Store = new PostgresStore(units, election, instance, settings.Audit),
            Election = election,
            Transport = transport,
            Projections = new PostgresProjections(database),
            Control = control,
            TellLeader = bell.Ring,
            Ledger = ledger.ReadAsync,
            State = ledger.StateAsync,
            DeadLetters = desk.ListAsync,
            Replay = desk.ReplayAsync,
            ReplayEdited = desk.ReplayEditedAsync,
            Discard = desk.DiscardAsync,
            Loops = [bell.RunAsync],
            Database = database,
            Watch = watch,
            // A service that consumes nothing has no queue, on some brokers not even an empty one.
            Depth = builder.Topology().Consumes.Count > 0 ? depth.ReadAsync : _ => Task.FromResult(default(QueueDepth)),
            Close = async () =>
            {
                await depth.DisposeAsync();
                await transport.DisposeAsync();
                await control.DisposeAsync();
                if (broker is not null) await broker.DisposeAsync();
                await units.DisposeAsync();
                await watch.DisposeAsync();
                await database.DisposeAsync();
            },
        };
    }

    private static async Task<(ITransport Transport, NpgsqlDataSource? Source)> ConnectAsync(ServiceSettings settings, string address, string instance, ILogger log, CancellationToken stop)
    {
        if (settings.Broker == BrokerNames.RabbitMq) return (await RabbitMqTransport.ConnectAsync(address, TimeProvider.System, log, stop), null);

        NpgsqlDataSource source = SourceOf("Faultline:BrokerConnection", address, instance, poolMax: 20, noReset: true);
        return (await PostgreSqlTransport.ConnectAsync(source, TimeProvider.System, log, stop), source);
    }

    /// <summary>All migrations of a service: those of the messaging core, then its own.</summary>
    public static IReadOnlyList<Migration> MigrationsOf(string service, ServiceBuilder builder, System.Reflection.Assembly assembly, string? folder) =>
        [.. Migrator.Core, .. folder is null ? [] : Migration.Embedded(service[(service.IndexOf('/') + 1)..], assembly, $"{assembly.GetName().Name}.{folder.Replace('/', '.')}.")];

    private static Task MigrateAsync(NpgsqlDataSource database, string service, ServiceBuilder builder, CancellationToken stop) =>
        Migrator.ApplyAsync(database, MigrationsOf(service, builder, builder.Assembly, builder.MigrationsFolder), stop);

    private static NpgsqlDataSource SourceOf(string setting, string connection, string instance, int poolMax, bool noReset = false)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connection);
        }
        catch (ArgumentException)
        {
            // The text itself is not repeated: it may hold a password.
            throw new ConfigurationException($"{setting} is no PostgreSQL connection string; it must be like Host=127.0.0.1;Port=5432;Database=tickets;Username=tickets;Password=...");
        }

        settings.ApplicationName = instance;
        settings.MaxPoolSize = poolMax;
        settings.MaxAutoPrepare = 100;
        settings.AutoPrepareMinUsages = 2;
        settings.Options = $"-c idle_in_transaction_session_timeout={IdleInTransactionMax}";
        settings.Timeout = 5;
        settings.CommandTimeout = 30;
        settings.KeepAlive = 0;
        settings.NoResetOnClose = noReset;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }
}
