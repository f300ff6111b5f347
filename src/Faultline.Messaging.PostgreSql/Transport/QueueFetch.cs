using Faultline.Messaging.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Settles and reads in one round trip, on the session's connection: when the session has ended, nothing of it can be handed out any more.</summary>
internal sealed class QueueFetch(QueueSession session, int queue)
{
    // Each row is looked up by its whole key. As a plain join, a planner whose statistics do not know the queue yet reads all of the queue once for each row to delete.
    private const string Delete =
        """
        delete from faultline_queue.message where ctid = any(array(
          select m.ctid from unnest($2::smallint[], $3::bigint[]) as d (partition, id)
          cross join lateral (select m.ctid from faultline_queue.message m where m.queue_id = $1 and m.partition = d.partition and m.id = d.id offset 0) m))
        """;

    private const string DeleteClaims = "delete from faultline_queue.claim where session_id = $1 and number = any($2)";

    // What is read is claimed by the same statement: there is no moment at which a message is handed out and nobody knows.
    private const string Read =
        $"""
        with found as materialized (
          select m.* from unnest($2::smallint[], $3::bigint[], $4::integer[]) as r (partition, after_id, rows_max)
          cross join lateral (
            select {MessageReader.Columns} from faultline_queue.message m
            where m.queue_id = $1 and m.partition = r.partition and m.id > r.after_id
            order by m.id limit r.rows_max
          ) m
        ), claimed as (
          insert into faultline_queue.claim (session_id, number, queue_id, partitions, ids)
          select $5, $6, $1, array_agg(partition), array_agg(id) from found having count(*) > 0
        )
        select * from found
        """;

    /// <summary>Deletes what is settled, and reads the ranges.</summary>
    /// <param name="settled">Messages that are done.</param>
    /// <param name="settledClaims">Claims of which everything is.</param>
    /// <param name="ranges">What to read; may be empty.</param>
    /// <param name="claim">The number under which the rows are claimed.</param>
    public async Task<IReadOnlyList<Delivery>> RunAsync(IReadOnlyList<Delivery> settled, long[] settledClaims, IReadOnlyList<FetchRange> ranges, long claim)
    {
        await using NpgsqlBatch batch = session.Batch();
        if (settled.Count > 0) batch.Add(Delete, queue, settled.Select(done => (short)done.Partition).ToArray(), settled.Select(done => done.Tag).ToArray());
        if (settledClaims.Length > 0) batch.Add(DeleteClaims, session.Id, settledClaims);
        if (ranges.Count > 0)
        {
            batch.Add(
                Read, queue,
                ranges.Select(range => (short)range.Partition).ToArray(), ranges.Select(range => range.After).ToArray(),
                ranges.Select(range => range.RowsMax).ToArray(), session.Id, claim);
        }

        if (batch.BatchCommands.Count == 0) return [];

        await batch.PrepareAsync();
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        List<Delivery> rows = [];
        do
        {
            while (await reader.ReadAsync()) rows.Add(MessageReader.Read(reader));
        }
        while (await reader.NextResultAsync());

        return rows;
    }
}
