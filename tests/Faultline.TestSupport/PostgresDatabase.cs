using Npgsql;
using Xunit;

namespace Faultline.TestSupport;

/// <summary>A database of its own for one test class, on the server of <see cref="PostgresServer"/>. Created before the first test, dropped after the last.</summary>
public sealed class PostgresDatabase : IAsyncLifetime
{
    private readonly string _name = $"faultline_test_{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
    private NpgsqlDataSource? _source;

    /// <summary>Leads to the database.</summary>
    public string ConnectionString { get; private set; } = string.Empty;

    /// <summary>Connections to the database, for what the test itself looks at.</summary>
    public NpgsqlDataSource Source => _source ?? throw new InvalidOperationException("the database is not created yet");

    public async ValueTask InitializeAsync()
    {
        await OnServerAsync($"create database {_name}");
        ConnectionString = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync()) { Database = _name }.ConnectionString;
        _source = NpgsqlDataSource.Create(ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (_source is null) return;

        await _source.DisposeAsync();
        await OnServerAsync($"drop database {_name} with (force)");
    }

    /// <summary>Runs SQL in the database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task OnServerAsync(string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync()) { Database = "postgres", Pooling = false };
        await using NpgsqlDataSource server = NpgsqlDataSource.Create(settings);
        await using NpgsqlCommand command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
