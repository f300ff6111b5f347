using Faultline.Bench.Throughput.Business;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Measuring;
using Faultline.Messaging.PostgreSql.Migrations;
using Faultline.Messaging.PostgreSql.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Faultline.Bench.Throughput.Core;

/// <summary>The product's messaging core, put together as a service is, with all guards on and no anomaly placed.</summary>
/// <param name="name">What the user calls it.</param>
/// <param name="audit">Whether business transactions write audit rows, as under a lab that watches.</param>
/// <param name="entityFramework">Whether the handler writes its row through a <c>DbContext</c>, or as a deferred statement.</param>
internal sealed class CoreContender(string name, bool audit, bool entityFramework) : IContender
{
    public string Name => name;

    public async Task PrepareAsync(Servers servers, CancellationToken stop)
    {
        foreach (string database in (string[])[servers.Producer(), servers.Consumer()])
        {
            await using NpgsqlDataSource source = NpgsqlDataSource.Create(database);
            await Migrator.ApplyAsync(source, Migrator.Core, stop);
        }

        if (servers.Queue is null) return; // On RabbitMQ both sides declare when they start.

        await using NpgsqlDataSource broker = NpgsqlDataSource.Create(servers.Broker());
        await using PostgreSqlTransport transport = await PostgreSqlTransport.ConnectAsync(broker, TimeProvider.System, NullLogger.Instance, stop);
    }

    public async Task<IProducerSide> OpenProducerAsync(RoleSetup setup, CancellationToken stop) => await CoreProducer.OpenAsync(setup, audit, stop);

    public async Task<IConsumerSide> OpenConsumerAsync(RoleSetup setup, DeliveryLog deliveries, CancellationToken stop) =>
        await CoreConsumer.OpenAsync(setup, deliveries, audit, entityFramework, stop);

    public async Task<bool> IsDrainedAsync(Servers servers, CancellationToken stop) =>
        await IsEmptyAsync(servers.Producer(), "select not exists (select from faultline.outbox)", stop)
        && (servers.Queue is null ? await BusinessTables.AllTookEffectAsync(servers, stop) : await IsEmptyAsync(servers.Broker(), "select not exists (select from faultline_queue.message)", stop))
        && await IsEmptyAsync(servers.Consumer(), "select not exists (select from faultline.parked) and not exists (select from faultline.dead_letter)", stop);

    private static async Task<bool> IsEmptyAsync(string database, string sql, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(database); // Pooled: this is asked often.
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(stop) is true;
    }
}
