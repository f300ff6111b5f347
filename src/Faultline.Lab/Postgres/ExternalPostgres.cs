using System.Globalization;
using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Npgsql;

namespace Faultline.Lab.Postgres;

/// <summary>A PostgreSQL server that a person gave by connection string. The lab's databases there carry its name, and the lab cannot take it down.</summary>
public sealed class ExternalPostgres : IDatabaseServer
{
    private const int VersionMin = 140_000;

    private readonly NpgsqlDataSource _admin;
    private readonly DatabaseAdmin _databases;
    private readonly string _connectionString;
    private readonly bool _isEphemeral;

    private ExternalPostgres(string target, string connectionString, NpgsqlDataSource admin, LabFolder folder)
    {
        Target = target;
        _connectionString = connectionString;
        _admin = admin;
        _isEphemeral = folder.IsEphemeral;
        string name = target[(target.IndexOf('/') + 1)..];
        string prefix = $"faultline_{folder.Name.Replace('-', '_')}_{name}_";
        _databases = new DatabaseAdmin(prefix, Path.Combine(folder.Path, $"external-{name}-roles.json"));
    }

    /// <inheritdoc/>
    public string Target { get; }

    /// <inheritdoc/>
    public Task<string> CreateDatabaseAsync(string name, CancellationToken stop = default) => _databases.CreateAsync(_admin, _connectionString, name, stop);

    /// <inheritdoc/>
    public Task DropDatabaseAsync(string name, CancellationToken stop = default) => _databases.DropAsync(_admin, name, stop);

    /// <inheritdoc/>
    public string AdminConnectionString(string name) => _databases.AdminConnectionString(_connectionString, name);

    /// <inheritdoc/>
    public Task<int> TerminateSessionsAsync(string name, string applicationPattern = "*", CancellationToken stop = default) =>
        _databases.TerminateAsync(_admin, name, applicationPattern, stop);

    /// <summary>Lets go of the server; a run drops its databases first.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_isEphemeral) await _databases.DropAllAsync(_admin, CancellationToken.None);
        }
        catch (NpgsqlException error)
        {
            throw new LabException($"The databases of this run could not be dropped on the server given by --postgres: {error.Message}", error);
        }
        finally
        {
            await _admin.DisposeAsync();
            _databases.Dispose();
        }
    }

    /// <summary>Connects, and checks that the server will do.</summary>
    internal static async Task<ExternalPostgres> OpenAsync(string target, string connectionString, LabFolder folder, CancellationToken stop)
    {
        NpgsqlDataSource admin = Parse(connectionString)
            ?? throw new LabException("The connection string given by --postgres is malformed; use the form Host=...;Port=...;Username=...;Password=...;Database=....");
        try
        {
            await using NpgsqlCommand command = admin.CreateCommand("SELECT current_setting('server_version_num'), current_setting('server_version')");
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
            await reader.ReadAsync(stop);
            if (int.Parse(reader.GetString(0), CultureInfo.InvariantCulture) < VersionMin)
            {
                throw new LabException($"The PostgreSQL server given by --postgres is version {reader.GetString(1)}; it must be 14 or newer.");
            }

            await reader.CloseAsync();
            ExternalPostgres server = new(target, connectionString, admin, folder);
            if (folder.IsEphemeral) await server._databases.DropAllAsync(admin, stop); // Left by a run of this name that was killed.
            return server;
        }
        catch (Exception error)
        {
            await admin.DisposeAsync(); // Nobody else has it yet.
            if (error is NpgsqlException) throw new LabException($"The PostgreSQL server given by --postgres cannot be used: {error.Message}", error);
            throw;
        }
    }

    private static NpgsqlDataSource? Parse(string connectionString)
    {
        try
        {
            return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = DatabaseAdmin.ApplicationName }.ConnectionString);
        }
        catch (ArgumentException)
        {
            return null; // Its text stays here: the parser's message could quote the password.
        }
    }
}
