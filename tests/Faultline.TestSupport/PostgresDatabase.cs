using System.Security.Cryptography;
using Npgsql;

namespace Faultline.TestSupport;

/// <summary>A database of its own on the PostgreSQL server that <see cref="Variable"/> names; dropped at the end.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>The environment variable with the connection string of a server where databases may be created.</summary>
    public const string Variable = "FAULTLINE_TEST_POSTGRES";

    private readonly string _server;
    private readonly string _name;

    private PostgresDatabase(string server, string name)
    {
        (_server, _name) = (server, name);
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    /// <summary>How to reach the database.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections to the database.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Creates a database.</summary>
    /// <exception cref="InvalidOperationException">The variable is absent.</exception>
    public static async Task<PostgresDatabase> CreateAsync()
    {
        string server = Environment.GetEnvironmentVariable(Variable)
            ?? throw new InvalidOperationException($"These tests need a PostgreSQL server: set {Variable} to its connection string, for example 'Host=127.0.0.1;Port=5432;Username=postgres'.");
        string name = $"faultline_test_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        await ExecuteAsync(server, $"create database {name}");
        return new PostgresDatabase(server, name);
    }

    /// <summary>Drops the database, whoever is still connected.</summary>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ExecuteAsync(_server, $"drop database if exists {_name} with (force)");
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
