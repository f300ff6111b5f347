using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Removes what dead sessions left behind: temporary queues with their messages, and claims of messages that are gone.</summary>
internal static class QueueSweeper
{
    // A broadcast holds a share lock on the queue's row while it inserts, so after this delete nothing can be added to the queue.
    private const string DeleteQueues =
        """
        delete from faultline_queue.queue q
        where q.temporary and q.id in (
          select t.id from faultline_queue.queue t
          where t.temporary and t.owner <> $2 and pg_try_advisory_xact_lock($1, t.owner))
        returning q.id, q.owner
        """;

    private const string DeleteClaims =
        """
        delete from faultline_queue.claim c
        where not exists (select from faultline_queue.session s where s.id = c.session_id)
          and not exists (
            select from unnest(c.partitions, c.ids) as u (partition, id)
            cross join lateral (select from faultline_queue.message m where m.queue_id = c.queue_id and m.partition = u.partition and m.id = u.id offset 0) m)
        """;

    /// <summary>Sweeps once.</summary>
    /// <param name="session">Whose connection to use; what it owns is not swept.</param>
    public static async Task SweepAsync(QueueSession session)
    {
        await session.BeginAsync();
        List<int> queues = [];
        List<int> owners = [];
        await using (NpgsqlCommand command = session.Command(DeleteQueues, LockKeys.Session, session.Id))
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                queues.Add(reader.GetInt32(0));
                owners.Add(reader.GetInt32(1));
            }
        }

        await using NpgsqlBatch batch = session.Batch();
        if (queues.Count > 0)
        {
            batch.Add("delete from faultline_queue.message where queue_id = any($1)", queues.ToArray());
            batch.Add("delete from faultline_queue.session where id = any($1)", owners.ToArray());
        }

        batch.Add(DeleteClaims);
        batch.Add("commit");
        await batch.ExecuteNonQueryAsync();
    }
}
