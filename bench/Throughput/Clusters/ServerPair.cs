using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Bench.Throughput.Options;
using Faultline.Bench.Throughput.Roles;
using Npgsql;

namespace Faultline.Bench.Throughput.Clusters;

/// <summary>The two servers of a run, of the services and of the queue: those that the user named, or private ones.</summary>
internal sealed class ServerPair : IAsyncDisposable
{
    private readonly List<PrivateCluster> _private = [];
    private PrivateRabbit? _rabbit;

    private ServerPair(Servers servers) => Servers = servers;

    public Servers Servers { get; private set; }

    /// <summary>The server processes, for the measure of CPU; null when a server runs on another machine.</summary>
    public (int? Services, int? Queue) Postmasters { get; private set; }

    public static async Task<ServerPair> OpenAsync(BenchOptions options, CancellationToken stop)
    {
        bool rabbit = options.Broker == BenchOptions.RabbitMq;
        var pair = new ServerPair(new Servers(options.Services ?? "", options.Queue));
        try
        {
            if (options.Services is null) pair.Servers = new Servers(await pair.StartClusterAsync("services", options, stop), rabbit ? null : await pair.StartClusterAsync("queue", options, stop));
            if (rabbit) pair._rabbit = await PrivateRabbit.StartAsync(stop);
            pair.Postmasters = (await PostmasterAsync(pair.Servers.Services, stop), pair._rabbit?.ProcessId ?? await PostmasterAsync(pair.Servers.Queue!, stop));
        }
        catch
        {
            await pair.DisposeAsync(); // The first of two may be running already.
            throw;
        }

        return pair;
    }

    /// <summary>What the queue's server is, with what trades durability for speed.</summary>
    public async Task<string> DescribeQueueAsync(Func<string, Task<string>> describePostgres, CancellationToken stop) =>
        _rabbit is null ? await describePostgres(Servers.Queue!) : await _rabbit.DescribeAsync(stop);

    /// <summary>Makes databases and broker anew and empty.</summary>
    public async Task RecreateAsync(CancellationToken stop)
    {
        await Servers.RecreateAsync(stop);
        if (_rabbit is not null) Servers = Servers with { Rabbit = await _rabbit.RecreateAsync(stop) };
    }

    public async ValueTask DisposeAsync()
    {
        if (_rabbit is not null) await _rabbit.DisposeAsync();
        foreach (PrivateCluster cluster in _private) await cluster.DisposeAsync();
    }

    private async Task<string> StartClusterAsync(string name, BenchOptions options, CancellationToken stop)
    {
        _private.Add(await PrivateCluster.StartAsync(FindBin(options.PostgresBin), name, stop));
        return _private[^1].ConnectionString;
    }

    private static async Task<int?> PostmasterAsync(string server, CancellationToken stop)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false });
        await using NpgsqlCommand command = source.CreateCommand("select pg_backend_pid()");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop); // While it is open, its process lives.
        await reader.ReadAsync(stop);
        return source.ConnectionString.Contains("127.0.0.1", StringComparison.Ordinal) || source.ConnectionString.Contains("localhost", StringComparison.Ordinal)
            ? CpuMeter.ParentOf(reader.GetInt32(0))
            : null;
    }

    private static string FindBin(string? given)
    {
        string[] folders = given is not null ? [given]
            : Environment.GetEnvironmentVariable("FAULTLINE_POSTGRES_BIN") is { Length: > 0 } set ? [set]
            : Environment.GetEnvironmentVariable("PATH")?.Split(':') ?? [];
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new BenchException("there is no initdb in " + string.Join(", ", folders) + "; name its folder with --postgres-bin, or servers with --services and --queue");
    }
}
