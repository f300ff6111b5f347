using System.Net;
using Faultline.Conformance.Transport;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.Transport;
using Faultline.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>A queue database of its own.</summary>
public sealed class PostgreSqlHarness : TransportHarness
{
    private readonly List<NpgsqlDataSource> _sources = [];
    private PostgresDatabase? _database;

    public override TransportTraits Traits { get; } = new() { OrdersByKey = true, FlagsRedelivery = true, TemporaryQueues = true, Streams = true, SendsInFlight = 4 };

    public override IPEndPoint Broker
    {
        get
        {
            NpgsqlConnectionStringBuilder settings = new(Database.ConnectionString);
            return new IPEndPoint(IPAddress.Parse(settings.Host!), settings.Port);
        }
    }

    public string ConnectionString => Database.ConnectionString;

    private PostgresDatabase Database => _database ?? throw new InvalidOperationException("the class has not begun");

    public override async ValueTask InitializeAsync()
    {
        _database = new PostgresDatabase();
        await _database.InitializeAsync();
    }

    public override async Task<ITransport> ConnectAsync(int port) => await ConnectAsync(port, options: null);

    public async Task<PostgreSqlTransport> ConnectAsync(int port, PostgreSqlTransportOptions? options)
    {
        NpgsqlConnectionStringBuilder settings = new(Database.ConnectionString) { Port = port, Timeout = 5 };
        NpgsqlDataSource source = NpgsqlDataSource.Create(settings);
        lock (_sources) _sources.Add(source);
        return await PostgreSqlTransport.ConnectAsync(source, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken, options);
    }

    public override async Task DropConnectionsAsync()
    {
        await ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        Database.Source.Clear(); // The test's own idle ones were ended too.
    }

    public override Task WriteBrokenAsync(string service, Breakage breakage) => ExecuteAsync(
        $"""
        insert into faultline_queue.message (queue_id, partition, message_id, type, version, publisher, sent_at, headers, digest, body)
        select id, 3, {(breakage == Breakage.NoId ? "null" : "gen_random_uuid()")}, {(breakage == Breakage.NoType ? "null" : "'x.y'")}, 1, 'x/y', now(),
          {(breakage == Breakage.BadHeaders ? "'{\"a\": [1' " : "null")}, 0, 'broken'::bytea
        from faultline_queue.queue where name = '{service}'
        """);

    public override async Task<int> TemporaryQueuesAsync(string service) => (int)(long)(await ScalarAsync($"select count(*) from faultline_queue.queue where temporary and service = '{service}'"))!;

    public override async Task<int> ConsumersAsync(string service) =>
        (int)(long)(await ScalarAsync($"select count(*) from faultline_queue.session s join faultline_queue.queue q on q.id = s.queue_id where q.name = '{service}'"))!;

    public async Task ExecuteAsync(string sql) => await ScalarAsync(sql);

    public async Task<object?> ScalarAsync(string sql)
    {
        await using NpgsqlCommand command = Database.Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public Task<NpgsqlConnection> OpenAsync() => Database.Source.OpenConnectionAsync().AsTask();

    public override async ValueTask DisposeAsync()
    {
        foreach (NpgsqlDataSource source in _sources) await source.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}
