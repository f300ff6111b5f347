using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Faultline.Bench.Throughput.Roles;
using Npgsql;

namespace Faultline.Bench.Throughput.Clusters;

/// <summary>A PostgreSQL cluster of the bench's own, durable as by default, in a folder that is removed at the end.</summary>
internal sealed class PrivateCluster : IAsyncDisposable
{
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]; // PostgreSQL will not run as root.
    private static readonly TimeSpan StartWait = TimeSpan.FromSeconds(30);

    private readonly string _bin;
    private readonly string _data;
    private readonly Process _postgres;

    private PrivateCluster(string bin, string data, Process postgres, string connectionString)
    {
        _bin = bin;
        _data = data;
        _postgres = postgres;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    public static async Task<PrivateCluster> StartAsync(string bin, string name, CancellationToken stop)
    {
        string data = Path.Combine("/var/tmp", string.Create(CultureInfo.InvariantCulture, $"faultline-bench-{Environment.ProcessId}-{name}"));
        await RunAsync(bin, "initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"], stop);
        int port = FreePort();
        string[] settings =
        [
            "-c", "listen_addresses=127.0.0.1", "-c", string.Create(CultureInfo.InvariantCulture, $"port={port}"),
            "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "logging_collector=off",
        ];
        Process postgres = Start(bin, "postgres", ["-D", data, .. settings]);
        string connectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres");
        var cluster = new PrivateCluster(bin, data, postgres, connectionString);
        try
        {
            await cluster.AcceptsAsync(stop);
        }
        catch
        {
            await cluster.DisposeAsync(); // Nobody else knows of the server yet.
            throw;
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_postgres.HasExited) await RunAsync(_bin, "pg_ctl", ["stop", "-D", _data, "-m", "fast", "-s"], CancellationToken.None);
        await _postgres.WaitForExitAsync();
        _postgres.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private async Task AcceptsAsync(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync(stop);
                return;
            }
            catch (NpgsqlException) when (!_postgres.HasExited && Stopwatch.GetElapsedTime(start) < StartWait)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
            }
        }
    }

    private static async Task RunAsync(string bin, string program, string[] arguments, CancellationToken stop)
    {
        using Process process = Start(bin, program, arguments);
        string output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0) throw new BenchException($"{program} ended with exit code {process.ExitCode}: {output}");
    }

    private static Process Start(string bin, string program, string[] arguments)
    {
        string[] line = [.. Environment.UserName == "root" ? AsNobody : [], Path.Combine(bin, program), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        Process process = Process.Start(start) ?? throw new BenchException($"'{line[0]}' did not start");
        process.ErrorDataReceived += static (_, _) => { }; // The server's log is read and let go, or its pipe would fill up.
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
