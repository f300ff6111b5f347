using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>A PostgreSQL server of this test alone, which may be killed.</summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    /// <summary>The environment variable with the folder of <c>initdb</c> and <c>postgres</c>.</summary>
    public const string Variable = "FAULTLINE_TEST_POSTGRES_BIN";

    private readonly string _programs;
    private readonly string _data;
    private readonly int _port = FreePort();
    private Process? _server;

    private PrivatePostgres(string programs)
    {
        _programs = programs;
        _data = Path.Combine(Path.GetTempPath(), $"faultline-pg-{Environment.ProcessId}-{_port}");
        Source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Timeout=5");
    }

    public NpgsqlDataSource Source { get; }

    public static async Task<PrivatePostgres> StartAsync()
    {
        string? programs = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(programs is not null, $"needs a server that may be killed: set {Variable} to the folder of initdb and postgres");
        PrivatePostgres server = new(programs!);
        using Process initdb = server.Run("initdb", "-D", server._data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8");
        await initdb.WaitForExitAsync();
        initdb.ExitCode.ShouldBe(0);
        await server.StartServerAsync();
        return server;
    }

    /// <summary>Kills the server as a power cut would, and starts it again.</summary>
    public async Task CrashAsync()
    {
        await KillAsync();
        await StartServerAsync();
    }

    public async Task KillAsync()
    {
        _server!.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    public async Task StartServerAsync() => await Conformance.Wait.For("the server answers", async () =>
    {
        // It refuses to start while children of a killed one still end; then it is started again.
        if (_server is null || _server.HasExited) _server = Run("postgres", "-D", _data, "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off");
        try
        {
            await using NpgsqlCommand command = Source.CreateCommand("select 1");
            return await command.ExecuteScalarAsync() is 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    });

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (_server is not null) await KillAsync();
        await Conformance.Wait.For("the data folder is gone", () =>
        {
            try
            {
                if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
                return true;
            }
            catch (IOException)
            {
                return false; // Children of the killed server still write.
            }
        });
    }

    private Process Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(_programs, program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        if (Environment.IsPrivilegedProcess) start.UserName = "nobody"; // PostgreSQL refuses to run as root.
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
