using Faultline.Bench.Throughput.Roles;
using Npgsql;

namespace Faultline.Bench.Throughput.Contenders;

/// <summary>The server of the service databases with its two databases, and the broker: a PostgreSQL server with one more database, or RabbitMQ.</summary>
/// <param name="Services">Connection string of the server of the service databases.</param>
/// <param name="Queue">Connection string of the server of the queue; null with RabbitMQ.</param>
/// <param name="Rabbit">Address of the virtual host of this run on RabbitMQ, with user and password; null without RabbitMQ.</param>
internal sealed record Servers(string Services, string? Queue, string? Rabbit = null)
{
    public const string ProducerDatabase = "faultline_bench_producer";
    public const string ConsumerDatabase = "faultline_bench_consumer";
    public const string BrokerDatabase = "faultline_bench_queue";

    /// <summary>Connection string of the producing service's database.</summary>
    public string Producer() => Of(Services, ProducerDatabase);

    /// <summary>Connection string of the consuming service's database.</summary>
    public string Consumer() => Of(Services, ConsumerDatabase);

    /// <summary>Connection string of the queue's database.</summary>
    public string Broker() => Of(Queue ?? throw new BenchException("this run has no queue on PostgreSQL"), BrokerDatabase);

    private static string Of(string server, string database) => new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;

    /// <summary>Makes the databases anew and empty, with the statistics and the log of the servers settled, so that every run starts alike.</summary>
    public async Task RecreateAsync(CancellationToken stop)
    {
        await RecreateAsync(Services, [ProducerDatabase, ConsumerDatabase], stop);
        if (Queue is not null) await RecreateAsync(Queue, [BrokerDatabase], stop);
    }

    /// <summary>Writes the dirty pages of the servers, so that no run pays for the run before it.</summary>
    public async Task CheckpointAsync(CancellationToken stop)
    {
        await ExecuteAsync(Services, ["checkpoint"], stop);
        if (Queue is not null) await ExecuteAsync(Queue, ["checkpoint"], stop);
    }

    /// <summary>Removes the databases.</summary>
    public async Task DropAsync(CancellationToken stop)
    {
        await ExecuteAsync(Services, [Drop(ProducerDatabase), Drop(ConsumerDatabase)], stop);
        if (Queue is not null) await ExecuteAsync(Queue, [Drop(BrokerDatabase)], stop);
    }

    private static Task RecreateAsync(string server, string[] databases, CancellationToken stop) =>
        ExecuteAsync(server, databases.SelectMany(database => new[] { Drop(database), $"create database {database}" }), stop);

    private static string Drop(string database) => $"drop database if exists {database} with (force)";

    private static async Task ExecuteAsync(string server, IEnumerable<string> statements, CancellationToken stop)
    {
        NpgsqlConnection.ClearAllPools(); // Pooled connections to a database that was dropped would fail when they are used again.
        await using var connection = new NpgsqlConnection(Of(server, "postgres"));
        await connection.OpenAsync(stop);
        foreach (string statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 120 };
            await command.ExecuteNonQueryAsync(stop);
        }
    }
}
