using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Npgsql;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>
/// The raw baseline: the tightest code that gives the core's guarantees 1 to 4 with plain Npgsql and RabbitMQ.Client (outbox in the business transaction, key order by
/// an advisory lock, one relay with confirms, one fenced consumer, inbox in the transaction of the effect, ack after the commit). It has no
/// switches, no telemetry, no faults, no retries and no dead letters: an error ends its run. Each step is one round trip, prepared, with binary parameters.
/// </summary>
/// <param name="name">What the user calls it.</param>
internal sealed class BaselineContender(string name) : IContender
{
    // Ids come from a sequence, so an index grows at its end; the body is never updated, only deleted. 'storage plain' saves the attempt to compress.
    private const string ProducerTables = """
        create table outbox (id bigint generated always as identity primary key, message_id uuid not null, type text not null, key text not null, body bytea not null);
        alter table outbox alter body set storage plain;
        """;

    private const string BrokerTables = """
        create table queue (id bigint generated always as identity primary key, message_id uuid not null, type text not null, key text not null, body bytea not null);
        alter table queue alter body set storage plain;
        """;

    // The time of a UUIDv7 bounds what the inbox may forget, so the row needs no time of its own.
    private const string ConsumerTables = """
        create table inbox (message_id uuid primary key);
        create table ownership (queue text primary key, epoch bigint not null);
        insert into ownership values ('orders', 0);
        """;

    public string Name => name;

    public async Task PrepareAsync(Servers servers, CancellationToken stop)
    {
        await BusinessTables.ExecuteAsync(servers.Producer(), ProducerTables, stop);
        if (servers.Queue is not null) await BusinessTables.ExecuteAsync(servers.Broker(), BrokerTables, stop);
        await BusinessTables.ExecuteAsync(servers.Consumer(), ConsumerTables, stop);
    }

    public async Task<IProducerSide> OpenProducerAsync(RoleSetup setup, CancellationToken stop) => await BaselineProducer.OpenAsync(setup, stop);

    public async Task<IConsumerSide> OpenConsumerAsync(RoleSetup setup, DeliveryLog deliveries, CancellationToken stop) =>
        setup.Servers.Rabbit is { } rabbit ? await RabbitConsumer.OpenAsync(rabbit, setup, deliveries, stop) : await BaselineConsumer.OpenAsync(setup, deliveries, stop);

    public async Task<bool> IsDrainedAsync(Servers servers, CancellationToken stop) =>
        await IsEmptyAsync(servers.Producer(), "select not exists (select from outbox)", stop)
        && (servers.Queue is null ? await BusinessTables.AllTookEffectAsync(servers, stop) : await IsEmptyAsync(servers.Broker(), "select not exists (select from queue)", stop));

    private static async Task<bool> IsEmptyAsync(string database, string sql, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(database); // Pooled: this is asked often.
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(stop) is true;
    }
}
