using Faultline.Lab.Instances;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Npgsql;

namespace Faultline.Lab.Postgres;

/// <summary>A PostgreSQL server of the lab's own as a kind of supervised process.</summary>
internal sealed class PostmasterKind(
    string name, LabFolder folder, DataFolder data, PostgresInstallation installation, FreePorts ports, TimeProvider time) : IProcessKind, IAsyncDisposable
{
    private PostgresUser? _user;
    private NpgsqlDataSource? _admin;

    public string Target { get; } = "postgres/" + name;

    public int Port { get; private set; }

    public InstanceLog Log { get; } = new(Path.Combine(folder.Path, "logs", $"postgres-{name}.log"), time);

    public (TimeSpan WhileStarting, TimeSpan Later) ProbeIntervals { get; } = (TimeSpan.FromMilliseconds(15), TimeSpan.FromSeconds(1));

    /// <summary>Fast (sessions end, a checkpoint is made), then immediate (recovery at the next start), then by force.</summary>
    public IReadOnlyList<(Signal Signal, TimeSpan Limit)> StopLadder { get; } =
        [(Signal.Interrupt, TimeSpan.FromSeconds(8)), (Signal.Quit, TimeSpan.FromSeconds(6)), (Signal.Kill, Timeout.InfiniteTimeSpan)];

    /// <summary>Connections of the lab itself, to the server as it was last started.</summary>
    public NpgsqlDataSource Admin => _admin ?? throw new InvalidOperationException($"{Target} was not started yet.");

    /// <summary>The same as a string, with the password.</summary>
    public string AdminConnectionString { get; private set; } = "";

    public async Task<ChildProcess> StartAsync(CancellationToken stop)
    {
        _user ??= await PostgresUser.FindAsync(installation, folder.Path, folder.Processes, time, stop);
        await data.CreateAsync(installation, _user, folder.Processes, time, stop);
        await data.EndLeftoversAsync(time, stop);
        await ChoosePortAsync(stop);
        await WriteConfigurationAsync(stop);
        return await ChildProcess.StartAsync(_user.Command(installation.Postgres, ["-D", data.Data], Target), folder.Processes, Log.AppendAsync, time);
    }

    public async Task<string?> ProbeAsync(CancellationToken stop)
    {
        try
        {
            await using NpgsqlCommand command = Admin.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(stop);
            return null;
        }
        catch (OperationCanceledException)
        {
            return "it did not answer in time";
        }
        catch (NpgsqlException error)
        {
            return $"it does not answer: {error.Message}";
        }
    }

    public IReadOnlyList<int> Members(ChildProcess running) =>
        [.. data.Running().Select(process => process.Pid).OrderByDescending(pid => pid == running.Program.Pid)];

    public async ValueTask DisposeAsync()
    {
        if (_admin is not null) await _admin.DisposeAsync();
    }

    private async Task ChoosePortAsync(CancellationToken stop)
    {
        int remembered = Port != 0 ? Port : data.RememberedPort();
        int port = remembered != 0 && FreePorts.IsFree(remembered) ? remembered : ports.Take();
        if (port == Port) return;

        Port = port;
        await data.RememberPortAsync(port, stop);
        AdminConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = PostgresSettings.Superuser,
            Password = await data.PasswordAsync(stop),
            Database = "postgres",
            ApplicationName = DatabaseAdmin.ApplicationName,
            MaxPoolSize = 10,
        }.ConnectionString;
        NpgsqlDataSource? before = _admin;
        _admin = NpgsqlDataSource.Create(AdminConnectionString);
        if (before is not null) await before.DisposeAsync();
    }

    private async Task WriteConfigurationAsync(CancellationToken stop)
    {
        foreach ((string file, string text) in (IEnumerable<(string, string)>)
            [("postgresql.conf", PostgresSettings.Configuration(installation.Major, name, Port)), ("pg_hba.conf", PostgresSettings.Access)])
        {
            string path = Path.Combine(data.Data, file);
            await SafeFile.WriteSecretAsync(path, text, stop);
            _user!.Own(path);
        }
    }
}
