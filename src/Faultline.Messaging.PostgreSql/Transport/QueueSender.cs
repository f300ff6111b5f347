using System.Collections.Concurrent;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.PostgreSql.Store;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Stores batches: one statement, one transaction, one round trip; its commit is the confirm of all.</summary>
/// <param name="source">Where to.</param>
/// <param name="waker">Told of what was stored, after the commit.</param>
/// <param name="trimmer">Told how much was appended to streams.</param>
internal sealed class QueueSender(NpgsqlDataSource source, QueueWaker waker, StreamTrimmer trimmer)
{
    // The routes are read and the rows are stored with one snapshot: what is reported as routed was stored.
    // Ids are drawn after the sort, so they rise in the order of the batch; and under the lock of the partition, so that among all senders the order of ids is the order of commits: a cursor
    // that has passed an id has passed nothing that comes later. The lock is in the same statement: a sender that is stopped half way through its parameters holds none.
    // Offsets of a stream are counted in its row, which is locked after all partitions and to the commit: the order of offsets is the order of commits, without gaps.
    private static readonly string Sql =
        $"""
        with routes as materialized (
          select b.exchange, b.type, b.queue_id, q.partitions
          from faultline_queue.binding b join faultline_queue.queue q on q.id = b.queue_id
          where (b.exchange, b.type) in (select * from unnest($1::text[], $2::text[]))
        ), locked as materialized (
          select pg_advisory_xact_lock({LockKeys.Partition}, slots.slot) from (
            select distinct r.queue_id * 256 + k.partition as slot
            from unnest($7::text[], $4::text[], $15::smallint[]) as k (exchange, type, partition) join routes r on r.exchange = k.exchange and r.type = k.type
            order by slot offset 0
          ) slots
        ), stored as (
          insert into faultline_queue.message (queue_id, partition, {EnvelopeColumns.Names})
          select r.queue_id, i.partition, {EnvelopeColumns.Names.Replace("type", "i.type", StringComparison.Ordinal)}
          from {MessageColumns.Unnest(3)} join routes r on r.exchange = i.publisher and r.type = i.type
          where r.partitions = i.partitions and (select count(*) from locked) >= 0
          order by i.ordinal, r.queue_id
        ), kept as materialized (
          select k.stream_id, i.*, row_number() over w as place, sum(octet_length(i.body)) over w as size
          from {MessageColumns.Unnest(3)} join faultline_queue.stream_binding k on k.exchange = i.publisher and k.type = i.type
          window w as (partition by k.stream_id order by i.ordinal)
        ), counted as (
          update faultline_queue.stream s set next_offset = s.next_offset + c.events, bytes = s.bytes + c.size
          from (select stream_id, max(place) as events, max(size) as size from kept group by stream_id) c
          where s.id = c.stream_id and (select count(*) from locked) >= 0
          returning s.id, s.next_offset - c.events as first, s.bytes - c.size as before
        ), appended as (
          insert into faultline_queue.stream_event (stream_id, at_offset, bytes, {EnvelopeColumns.Names})
          select k.stream_id, c.first + k.place - 1, c.before + k.size, {EnvelopeColumns.Names} from kept k join counted c on c.id = k.stream_id
        )
        select exchange, type, queue_id, partitions from routes
        union all
        select distinct publisher, type, -stream_id, 0 from kept
        """;

    // How many partitions the queues of an exchange have. A wrong guess costs one refusal, which tells the right number.
    private readonly ConcurrentDictionary<string, int> _partitions = [];

    /// <summary>Notes how many partitions the queues behind some exchanges have.</summary>
    public void Learn(IEnumerable<string> exchanges, int partitions)
    {
        foreach (string exchange in exchanges) _partitions[exchange] = partitions;
    }

    /// <summary>Stores a batch in every bound queue.</summary>
    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop)
    {
        foreach (Envelope message in batch)
        {
            if (MessageColumns.Refusal(message) is { } refusal) throw new ArgumentException(refusal, nameof(batch));
        }

        int[] partitions = [.. batch.Select(PartitionsOf)];
        Dictionary<(string Exchange, string Type), List<(int Queue, int Partitions)>> routes = await StoreAsync(batch, partitions, stop);
        SendOutcome[] outcomes = new SendOutcome[batch.Count];
        for (int index = 0; index < outcomes.Length; index++) outcomes[index] = Conclude(batch[index], partitions[index], routes);
        return outcomes;
    }

    private SendOutcome Conclude(Envelope message, int partitions, Dictionary<(string Exchange, string Type), List<(int Queue, int Partitions)>> routes)
    {
        if (!routes.TryGetValue((message.Publisher, message.Type), out List<(int Queue, int Partitions)>? queues)) return SendOutcome.Unroutable;

        SendOutcome outcome = SendOutcome.Confirmed;
        foreach ((int queue, int count) in queues)
        {
            if (queue < 0)
            {
                waker.Wake(queue, 0); // A stream.
                trimmer.Appended(message.Body.Length);
                continue;
            }

            if (count == partitions)
            {
                waker.Wake(queue, KeyHash.PartitionOf(message.Key, message.Id, partitions));
                continue;
            }

            Learn([message.Publisher], count); // Somebody declared another number: the message is to be sent again, with that one.
            outcome = SendOutcome.Refused;
        }

        return outcome;
    }

    private async Task<Dictionary<(string, string), List<(int, int)>>> StoreAsync(IReadOnlyList<Envelope> batch, int[] partitions, CancellationToken stop)
    {
        (string Exchange, string Type)[] kinds = [.. batch.Select(message => (message.Publisher, message.Type)).Distinct()];
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(stop);
        await using NpgsqlCommand command = new(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. kinds.Select(kind => kind.Exchange)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. kinds.Select(kind => kind.Type)] });
        MessageColumns.AddTo(command.Parameters, batch, partitions);
        await command.PrepareAsync(stop);

        Dictionary<(string, string), List<(int, int)>> routes = [];
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            (string, string) kind = (reader.GetString(0), reader.GetString(1));
            if (!routes.TryGetValue(kind, out List<(int, int)>? queues)) routes[kind] = queues = [];
            queues.Add((reader.GetInt32(2), reader.GetInt32(3)));
        }

        return routes;
    }

    private int PartitionsOf(Envelope message) => _partitions.GetValueOrDefault(message.Publisher, SystemTopology.DefaultPartitions);
}
