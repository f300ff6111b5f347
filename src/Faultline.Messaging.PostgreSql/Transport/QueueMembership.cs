using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Another session of the queue.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Silent">Its lease is over.</param>
/// <param name="Dead">Its lock is free: its connection is gone.</param>
internal readonly record struct Neighbour(int Id, bool Silent, bool Dead);

/// <summary>What a session sees of its queue.</summary>
/// <param name="Owners">The owner of each partition.</param>
/// <param name="Neighbours">The other sessions.</param>
internal sealed record MembershipView(IReadOnlyList<int?> Owners, IReadOnlyList<Neighbour> Neighbours)
{
    /// <summary>The sessions that count, with one's own.</summary>
    public IReadOnlyCollection<int> Live(int self) => [self, .. Neighbours.Where(other => other is { Silent: false, Dead: false }).Select(other => other.Id)];
}

/// <summary>A partition that was taken.</summary>
/// <param name="Partition">Which.</param>
/// <param name="SuspectUntil">Messages up to this id may have been handed out before.</param>
/// <param name="Suspects">So may these.</param>
internal sealed record TakenPartition(int Partition, long SuspectUntil, HashSet<long> Suspects);

/// <summary>Who consumes a queue, and who has which partition of it.</summary>
internal sealed class QueueMembership(QueueSession session, int queue, string queueName, PostgreSqlTransportOptions options, ILogger log)
{
    private const string Renew = "update faultline_queue.session set expires_at = clock_timestamp() + $2 where id = $1 returning id";

    private const string ReadOwners = "select owner from faultline_queue.partition where queue_id = $1 order by partition";

    private const string ReadNeighbours =
        "select id, expires_at < clock_timestamp(), pg_try_advisory_xact_lock($3, id) from faultline_queue.session where queue_id = $1 and id <> $2";

    private const string Take =
        "update faultline_queue.partition set owner = $1, epoch = epoch + 1 where queue_id = $2 and partition = any($3) returning partition, suspect_until";

    private const string ReadSuspects =
        """
        select u.partition, u.id from faultline_queue.claim c cross join unnest(c.partitions, c.ids) as u (partition, id)
        where c.queue_id = $1 and c.session_id <> $2 and u.partition = any($3)
        """;

    // The process id comes from the lock and not from the session's row: it may be another process by now.
    private const string EndSilent =
        "select pg_terminate_backend(pid, 1000) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) "
        + "and classid = $1::integer::oid and objid = $2::integer::oid and granted";

    /// <summary>Renews the lease and looks around; null when the session's row is gone: the others ended it.</summary>
    public async Task<MembershipView?> BeatAsync()
    {
        await using NpgsqlBatch batch = session.Batch();
        batch.Add(Renew, session.Id, options.LeaseDuration);
        batch.Add(ReadOwners, queue);
        batch.Add(ReadNeighbours, queue, session.Id, LockKeys.Session);
        await batch.PrepareAsync();
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        if (!await reader.ReadAsync()) return null;

        await reader.NextResultAsync();
        return await ViewAsync(reader);
    }

    /// <summary>Removes the dead, ends the silent, and takes this session's share of what is free.</summary>
    public async Task<IReadOnlyList<TakenPartition>> TakeAsync(IReadOnlySet<int> revoking)
    {
        await session.BeginAsync();
        await using (NpgsqlCommand gate = session.Command("select pg_advisory_xact_lock($1, $2)", LockKeys.Ownership, queue)) await gate.ExecuteNonQueryAsync();

        MembershipView view = await ReadAsync();
        foreach (Neighbour silent in view.Neighbours.Where(other => other is { Silent: true, Dead: false })) await EndAsync(silent);
        if (view.Neighbours.Any(other => other.Silent)) view = await ReadAsync();

        int[] dead = [.. view.Neighbours.Where(other => other.Dead).Select(other => other.Id)];
        // A silent one that would not end keeps its partitions, hence counts as live here.
        int[] live = [session.Id, .. view.Neighbours.Where(other => !other.Dead).Select(other => other.Id)];
        short[] take = [.. PartitionBalance.Decide(session.Id, live, view.Owners, revoking).Take.Select(partition => (short)partition)];

        await using NpgsqlBatch batch = session.Batch();
        batch.Add("delete from faultline_queue.session where id = any($1)", dead);
        batch.Add(Take, session.Id, queue, take);
        batch.Add(ReadSuspects, queue, session.Id, take);
        if (dead.Length > 0) batch.Add("select pg_notify($1, $2)", QueueSignals.Channel(queue), QueueSignals.Members);
        Dictionary<int, TakenPartition> taken = [];
        await using (NpgsqlDataReader reader = await batch.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) taken[reader.GetInt16(0)] = new TakenPartition(reader.GetInt16(0), reader.GetInt64(1), []);
            await reader.NextResultAsync();
            while (await reader.ReadAsync()) taken[reader.GetInt16(0)].Suspects.Add(reader.GetInt64(1));
        }

        await session.ExecuteAsync("commit");
        return [.. taken.Values.OrderBy(partition => partition.Partition)];
    }

    /// <summary>Gives partitions back; what was handed out of them and not settled is remembered for the next owner.</summary>
    public async Task ReleaseAsync(IReadOnlyCollection<int> partitions, IReadOnlyCollection<(int Partition, long Id)> unsettled)
    {
        await using NpgsqlBatch batch = session.Batch();
        if (unsettled.Count > 0)
        {
            batch.Add(
                "insert into faultline_queue.claim (session_id, number, queue_id, partitions, ids) values (0, 0, $1, $2, $3)",
                queue, unsettled.Select(message => (short)message.Partition).ToArray(), unsettled.Select(message => message.Id).ToArray());
        }

        batch.Add(
            "update faultline_queue.partition set owner = null where queue_id = $1 and owner = $2 and partition = any($3)",
            queue, session.Id, partitions.Select(partition => (short)partition).ToArray());
        batch.Add("select pg_notify($1, $2)", QueueSignals.Channel(queue), QueueSignals.Members);
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Leaves for good: partitions are free, the row is gone, the others are told. Claims stay: they say what was not settled.</summary>
    public async Task LeaveAsync()
    {
        await using NpgsqlBatch batch = session.Batch();
        batch.Add("update faultline_queue.partition set owner = null where queue_id = $1 and owner = $2", queue, session.Id);
        batch.Add("delete from faultline_queue.session where id = $1", session.Id);
        batch.Add("select pg_notify($1, $2)", QueueSignals.Channel(queue), QueueSignals.Members);
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Tells the others that somebody came.</summary>
    public async Task AnnounceAsync()
    {
        await using NpgsqlCommand command = session.Command("select pg_notify($1, $2)", QueueSignals.Channel(queue), QueueSignals.Members);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<MembershipView> ReadAsync()
    {
        await using NpgsqlBatch batch = session.Batch();
        batch.Add(ReadOwners, queue);
        batch.Add(ReadNeighbours, queue, session.Id, LockKeys.Session);
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        return await ViewAsync(reader);
    }

    private static async Task<MembershipView> ViewAsync(NpgsqlDataReader reader)
    {
        List<int?> owners = [];
        while (await reader.ReadAsync()) owners.Add(await reader.IsDBNullAsync(0) ? null : reader.GetInt32(0));
        await reader.NextResultAsync();
        List<Neighbour> neighbours = [];
        while (await reader.ReadAsync()) neighbours.Add(new Neighbour(reader.GetInt32(0), reader.GetBoolean(1), reader.GetBoolean(2)));
        return new MembershipView(owners, neighbours);
    }

    private async Task EndAsync(Neighbour silent)
    {
        QueueLog.SilentSessionEnded(log, silent.Id, queueName);
        await using NpgsqlCommand command = session.Command(EndSilent, LockKeys.Session, silent.Id);
        await command.ExecuteNonQueryAsync();
    }
}
