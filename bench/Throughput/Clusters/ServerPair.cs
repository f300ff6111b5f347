using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Bench.Throughput.Options;
using Faultline.Bench.Throughput.Roles;
using Npgsql;

namespace Faultline.Bench.Throughput.Clusters;

/// <summary>The two servers of a run: those that the user named, or two private ones.</summary>
internal sealed class ServerPair : IAsyncDisposable
{
    private readonly List<PrivateCluster> _private = [];

    private ServerPair(Servers servers) => Servers = servers;

    public Servers Servers { get; private set; }

    /// <summary>The server processes, for the measure of CPU; null when a server runs on another machine.</summary>
    public (int? Services, int? Queue) Postmasters { get; private set; }

    public static async Task<ServerPair> OpenAsync(BenchOptions options, CancellationToken stop)
    {
        var pair = new ServerPair(new Servers(options.Services ?? "", options.Queue ?? ""));
        try
        {
            if (options.Services is null)
            {
                string bin = FindBin(options.PostgresBin);
                foreach (string name in (string[])["services", "queue"]) pair._private.Add(await PrivateCluster.StartAsync(bin, name, stop));
                pair.Servers = new Servers(pair._private[0].ConnectionString, pair._private[1].ConnectionString);
            }

            pair.Postmasters = (await PostmasterAsync(pair.Servers.Services, stop), await PostmasterAsync(pair.Servers.Queue, stop));
        }
        catch
        {
            await pair.DisposeAsync(); // The first of two may be running already.
            throw;
        }

        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PrivateCluster cluster in _private) await cluster.DisposeAsync();
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
