using Faultline.Bench.Throughput.Contenders;
using Npgsql;

namespace Faultline.Bench.Throughput.Business;

/// <summary>
/// The business tables on both sides. They are the bench's and the same for every contender; nothing in them swallows a duplicate,
/// so that each effect counts.
/// </summary>
internal static class BusinessTables
{
    private const string ProducerTables = """
        create table orders (id uuid primary key, customer text not null, number bigint not null, note text not null);
        """;

    private const string ConsumerTables = """
        create table shipments (position bigint generated always as identity primary key, order_id uuid not null, customer text not null, number bigint not null);
        """;

    /// <summary>Creates them.</summary>
    public static async Task CreateAsync(Servers servers, CancellationToken stop)
    {
        await ExecuteAsync(servers.Producer(), ProducerTables, stop);
        await ExecuteAsync(servers.Consumer(), ConsumerTables, stop);
    }

    /// <summary>Whether there are as many committed effects as orders. For a broker that nobody can ask cheaply what it still has in hand; the last ack is then not waited for.</summary>
    public static async Task<bool> AllTookEffectAsync(Servers servers, CancellationToken stop) =>
        await CountAsync(servers.Producer(), "select count(*) from orders", stop) == await CountAsync(servers.Consumer(), "select count(*) from shipments", stop);

    /// <summary>Runs statements in a database.</summary>
    public static async Task ExecuteAsync(string database, string sql, CancellationToken stop)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database);
        await using NpgsqlCommand command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task<long> CountAsync(string database, string sql, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(database); // Pooled: this is asked several times.
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(stop) as long? ?? 0;
    }
}
