using Faultline.Anomalies;
using Faultline.Hosting;
using Faultline.Messaging.PostgreSql.Control;
using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace TicketFlow.Tests.Whole;

/// <summary>An instance of a service in the process of the test, on a real database and a real queue, as the command line would compose it.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningService(WebApplication app) => _app = app;

    /// <summary>Where it answers.</summary>
    public Uri Address => new(_app.Urls.Single());

    public static Task<RunningService> StartAsync(SystemDefinition system, string name, string database, string queue, params string[] settings) =>
        StartAsync(system, name, database, stop => ConnectAsync(queue, stop), settings);

    /// <summary>On a broker of the test's own.</summary>
    public static async Task<RunningService> StartAsync(SystemDefinition system, string name, string database, Func<CancellationToken, Task<(ITransport Transport, IAsyncDisposable? Connections)>> connect, params string[] settings)
    {
        ServiceDefinition service = system.Services.Single(known => known.Name == name);
        string[] args = [$"--Faultline:Database={database}", "--Faultline:BrokerConnection=-", "--Logging:LogLevel:Default=None", "--urls=http://127.0.0.1:0", .. settings];
        WebApplication app = await ServiceHost.CreateAsync(system, service, args, (_, builder, _, _, stop) => OpenAsync(name, builder, database, connect, stop), TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningService(app);
    }

    public Task PublishAsync(IMessage message) => _app.Services.GetRequiredService<Units>().RunAsync(
        new Origin(), (unit, _) => Task.FromResult(unit.Publish(message)), TestContext.Current.CancellationToken);

    /// <summary>Switches a guard, as the control endpoint would.</summary>
    public Task SwitchAsync(string guard, bool on) => _app.Services.GetRequiredService<ControlPanel>().SwitchAsync(guard, on, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static async Task<(ITransport, IAsyncDisposable?)> ConnectAsync(string queue, CancellationToken stop)
    {
        NpgsqlDataSource broker = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(queue) { NoResetOnClose = true });
        return (await PostgreSqlTransport.ConnectAsync(broker, TimeProvider.System, NullLogger.Instance, stop), broker);
    }

    private static async Task<ServiceBackend> OpenAsync(string name, ServiceBuilder builder, string database, Func<CancellationToken, Task<(ITransport Transport, IAsyncDisposable? Connections)>> connect, CancellationToken stop)
    {
        NpgsqlDataSource source = NpgsqlDataSource.Create(database);
        IReadOnlyList<Migration> own = builder.MigrationsFolder is { } folder ? Migration.Embedded(name[(name.IndexOf('/') + 1)..], builder.Assembly, $"TicketFlow.{folder.Replace('/', '.')}.") : [];
        await Migrator.ApplyAsync(source, [.. Migrator.Core, .. own], stop);
        var election = new PostgresElection(source, TimeProvider.System);
        var control = new PostgresControlStore(database);
        (ITransport transport, IAsyncDisposable? connections) = await connect(stop);
        return new ServiceBackend
        {
            Store = new PostgresStore(source, election, name, audit: false),
            Election = election,
            Transport = transport,
            Control = control,
            TellLeader = () => { },
            Ledger = (_, _) => throw new NotSupportedException(),
            State = _ => throw new NotSupportedException(),
            DeadLetters = (_, _) => throw new NotSupportedException(),
            Replay = (_, _) => throw new NotSupportedException(),
            ReplayEdited = (_, _, _) => throw new NotSupportedException(),
            Discard = (_, _) => throw new NotSupportedException(),
            Database = source,
            Watch = source,
            Depth = _ => throw new NotSupportedException(),
            Close = async () =>
            {
                await transport.DisposeAsync();
                if (connections is not null) await connections.DisposeAsync();
                await control.DisposeAsync();
                await source.DisposeAsync();
            },
        };
    }
}
