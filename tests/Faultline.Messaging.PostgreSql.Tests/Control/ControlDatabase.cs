using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.TestSupport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Control;

/// <summary>A database with the control tables in it.</summary>
public sealed class ControlDatabase : IAsyncLifetime
{
    private readonly PostgresDatabase _database = new();

    public string ConnectionString => _database.ConnectionString;

    public NpgsqlDataSource Source => _database.Source;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        await Migrator.ApplyAsync(_database.Source, Migrator.Core, CancellationToken.None);
    }

    public Task EmptyAsync() => ExecuteAsync("truncate faultline.anomaly, faultline.firing, faultline.guard");

    public Task ExecuteAsync(string sql) => _database.ExecuteAsync(sql);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
