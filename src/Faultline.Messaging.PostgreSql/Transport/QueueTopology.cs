using Faultline.Messaging.Topology;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Brings exchanges, queues, partitions and bindings to what a system declares.</summary>
internal static class QueueTopology
{
    private const string AddExchanges = "insert into faultline_queue.exchange (name) select unnest($1::text[]) on conflict do nothing";

    private const string AddQueues =
        "insert into faultline_queue.queue (name, service, partitions) select name, name, $2 from unnest($1::text[]) as n (name) on conflict (name) do nothing";

    private const string AddPartitions =
        """
        insert into faultline_queue.partition (queue_id, partition)
        select q.id, p from faultline_queue.queue q cross join generate_series(0, q.partitions - 1) as p
        where q.name = any($1) on conflict do nothing
        """;

    private const string AddBindings =
        """
        insert into faultline_queue.binding (exchange, type, queue_id)
        select w.exchange, w.type, q.id from unnest($1::text[], $2::text[], $3::text[]) as w (exchange, type, queue) join faultline_queue.queue q on q.name = w.queue
        on conflict do nothing
        """;

    // Only what touches a service of this system: a broker may serve several systems.
    private const string RemoveBindings =
        """
        delete from faultline_queue.binding b using faultline_queue.queue q
        where q.id = b.queue_id and (b.exchange = any($4) or q.name = any($4))
          and not exists (select from unnest($1::text[], $2::text[], $3::text[]) as w (exchange, type, queue) where w.exchange = b.exchange and w.type = b.type and w.queue = q.name)
        """;

    // The partition of a message is fixed when it is sent: another number while messages wait would tear keys apart.
    private const string OtherPartitions =
        """
        select q.id, q.name, q.partitions, exists (select from faultline_queue.message m where m.queue_id = q.id)
        from faultline_queue.queue q where q.name = any($1) and q.partitions <> $2 order by q.name for update of q
        """;

    /// <summary>Declares a system.</summary>
    public static async Task DeclareAsync(NpgsqlDataSource source, SystemTopology topology, CancellationToken stop)
    {
        if (topology.Partitions is < 1 or > 256) throw new ArgumentException($"a queue has {topology.Partitions} partitions; it must have 1 to 256", nameof(topology));

        string[] services = [.. topology.Services.Select(service => service.Service)];
        string[] exchanges = [.. topology.Routes.Select(route => route.Publisher)];
        string[] types = [.. topology.Routes.Select(route => route.Type)];
        string[] queues = [.. topology.Routes.Select(route => route.Consumer)];

        await using NpgsqlConnection connection = await source.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await using (NpgsqlBatch first = new(connection))
        {
            first.Add("select pg_advisory_xact_lock($1, 1)", LockKeys.Schema);
            first.Add(AddExchanges, (object)services);
            first.Add(AddQueues, services, topology.Partitions);
            await first.ExecuteNonQueryAsync(stop);
        }

        await RepartitionAsync(connection, services, topology.Partitions, stop);
        await using NpgsqlBatch second = new(connection);
        second.Add(AddPartitions, (object)services);
        second.Add(RemoveBindings, exchanges, types, queues, services);
        second.Add(AddBindings, exchanges, types, queues);
        StreamTables.AddTo(second, topology);
        await second.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
    }

    private static async Task RepartitionAsync(NpgsqlConnection connection, string[] services, int partitions, CancellationToken stop)
    {
        List<int> changed = [];
        await using (NpgsqlCommand command = new(OtherPartitions, connection))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = services });
            command.Parameters.Add(new NpgsqlParameter { Value = partitions });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                if (reader.GetBoolean(3))
                {
                    throw new InvalidOperationException(
                        $"queue '{reader.GetString(1)}' holds messages in {reader.GetInt32(2)} partitions; it can have {partitions} when it is empty");
                }

                changed.Add(reader.GetInt32(0));
            }
        }

        if (changed.Count == 0) return;

        await using NpgsqlBatch batch = new(connection);
        batch.Add("update faultline_queue.queue set partitions = $2 where id = any($1)", changed.ToArray(), partitions);
        batch.Add("delete from faultline_queue.partition where queue_id = any($1) and partition >= $2", changed.ToArray(), (short)partitions);
        await batch.ExecuteNonQueryAsync(stop);
    }
}
