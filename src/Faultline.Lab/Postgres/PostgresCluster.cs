using Faultline.Lab.Instances;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Npgsql;

namespace Faultline.Lab.Postgres;

/// <summary>A private PostgreSQL cluster of a lab: created when missing, watched, started again when it dies, gone when the lab is gone.</summary>
public sealed class PostgresCluster : IDatabaseServer
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60); // Crash recovery after much work takes its time.

    private readonly PostmasterKind _kind;
    private readonly DatabaseAdmin _databases;

    internal PostgresCluster(string name, LabFolder folder, PostgresInstallation installation, FreePorts ports, ProcessChanges changes, TimeProvider time)
    {
        DataFolder data = new(FolderOf(folder.Path, name));
        _kind = new PostmasterKind(name, folder, data, installation, ports, time);
        _databases = new DatabaseAdmin(prefix: "", data.RolesPath);
        Process = new SupervisedProcess(_kind, changes, time);
    }

    /// <summary>The major version of PostgreSQL that made a cluster; null when there is none.</summary>
    internal static Task<int?> MadeByAsync(string name, LabFolder folder, CancellationToken stop) => new DataFolder(FolderOf(folder.Path, name)).MadeByAsync(stop);

    /// <inheritdoc/>
    public string Target => _kind.Target;

    /// <summary>Its server process, with all verbs.</summary>
    public SupervisedProcess Process { get; }

    /// <summary>Starts it and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken stop = default)
    {
        Process.Start();
        await Process.WaitHealthyAsync(StartLimit, stop);

        // Services are kept out of each other's databases, and out of the common ones as well.
        await using NpgsqlCommand command = _kind.Admin.CreateCommand("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC");
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <inheritdoc/>
    public Task<string> CreateDatabaseAsync(string name, CancellationToken stop = default) =>
        _databases.CreateAsync(_kind.Admin, $"Host=127.0.0.1;Port={_kind.Port}", name, stop);

    /// <inheritdoc/>
    public Task DropDatabaseAsync(string name, CancellationToken stop = default) => _databases.DropAsync(_kind.Admin, name, stop);

    /// <inheritdoc/>
    public string AdminConnectionString(string name) => _databases.AdminConnectionString(_kind.AdminConnectionString, name);

    /// <inheritdoc/>
    public Task<int> TerminateSessionsAsync(string name, string applicationPattern = "*", CancellationToken stop = default) =>
        _databases.TerminateAsync(_kind.Admin, name, applicationPattern, stop);

    /// <summary>Stops it: fast, then at once, then by force.</summary>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _kind.DisposeAsync();
        await _kind.Log.DisposeAsync();
        _databases.Dispose();
    }

    internal static string FolderOf(string labPath, string name) => Path.Combine(ClustersFolder(labPath), name);

    internal static string ClustersFolder(string labPath) => Path.Combine(labPath, "postgres");
}
