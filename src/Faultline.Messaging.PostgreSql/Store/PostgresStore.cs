using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Protocol.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>The messaging store in a service's PostgreSQL database, schema <c>faultline</c>. Thread-safe; disposes nothing that it was given.</summary>
/// <param name="database">The service's database.</param>
/// <param name="election">Whose session removes outbox rows.</param>
/// <param name="instance">The name of this instance, for the audit.</param>
/// <param name="audit">Whether business transactions write audit rows: only while a lab watches.</param>
public sealed class PostgresStore(NpgsqlDataSource database, PostgresElection election, string instance, bool audit) : IMessageStore
{
    // Each in small pieces, so that no transaction grows long. Positions of the audit rise with time, so its oldest rows are found at once.
    private static readonly string[] Trims =
    [
        "delete from faultline.inbox where message_id in (select message_id from faultline.inbox where noted_at < clock_timestamp() - $1 limit 1000)",
        "delete from faultline.handling where message_id in (select message_id from faultline.handling where begun_at < clock_timestamp() - $1 limit 1000)",
        "delete from faultline.idempotency where key in (select key from faultline.idempotency where at < clock_timestamp() - $1 limit 1000)",
        """
        delete from faultline.audit where position in (
          select position from (select position, at from faultline.audit order by position limit 1000) oldest where at < clock_timestamp() - $1)
        """,
    ];

    /// <inheritdoc />
    public async ValueTask<IStoreUnit> BeginAsync(bool transactional, CancellationToken stop)
    {
        NpgsqlConnection connection = await Failures.AsStoreAsync("opening a connection", async () => await database.OpenConnectionAsync(stop));
        return new PostgresUnit(connection, transactional, audit, instance);
    }

    /// <inheritdoc />
    public Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop) => Failures.AsStoreAsync("reading the outbox", async () =>
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        return await OutboxReader.ReadAsync(connection, read, stop);
    });

    /// <inheritdoc />
    public Task DeleteOutboxAsync(IReadOnlyList<long> ids, CancellationToken stop) => election.InSessionAsync(async connection =>
    {
        await using var delete = new NpgsqlCommand("delete from faultline.outbox where id = any($1)", connection)
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = [.. ids] } },
        };
        return await delete.ExecuteNonQueryAsync(stop);
    });

    /// <inheritdoc />
    public Task DeadLetterOutboxAsync(IReadOnlyList<OutboxRow> rows, string reason, CancellationToken stop) => election.InSessionAsync(async connection =>
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                PostgresUnit.Command("set local synchronous_commit = on"),
                PostgresUnit.Command(
                    $"insert into faultline.dead_letter (outgoing, reason, attempts, history, {EnvelopeColumns.Names}) select true, $2, 1, array[$2], {EnvelopeColumns.Names} from faultline.outbox where id = any($1) on conflict (message_id) do nothing",
                    rows.Select(row => row.Id).ToArray(), reason),
                PostgresUnit.Command("delete from faultline.outbox where id = any($1)", rows.Select(row => row.Id).ToArray()),
            },
        };
        await batch.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
        return 0;
    });

    /// <inheritdoc />
    public Task FireScheduledAsync(ScheduleFire fire, CancellationToken stop) => InTransactionAsync("publishing scheduled messages", async (connection, transaction) =>
    {
        var waiting = new HashSet<Guid>();
        await using (var take = new NpgsqlCommand("delete from faultline.schedule where message_id = any($1) returning message_id", connection, transaction))
        {
            take.Parameters.Add(new NpgsqlParameter { Value = fire.Due.Concat(fire.Skipped).Select(message => message.Id).ToArray() });
            await using NpgsqlDataReader rows = await take.ExecuteReaderAsync(stop);
            while (await rows.ReadAsync(stop)) waiting.Add(rows.GetGuid(0));
        }

        // What another leader has fired meanwhile, or somebody took back, is gone from the schedule and is not fired.
        Envelope[] due = [.. fire.Due.Concat(fire.Copies).Where(message => waiting.Contains(message.Id))];
        if (due.Length == 0) return;
        await using var publish = new NpgsqlBatch(connection, transaction);
        foreach (NpgsqlBatchCommand command in PostgresUnit.PublishOf(due, [], audit, instance)) publish.BatchCommands.Add(command);
        await publish.ExecuteNonQueryAsync(stop);
    }, stop);

    /// <inheritdoc />
    public Task<IReadOnlyList<ScheduledRow>> ReadScheduleAsync(int rowsMax, CancellationToken stop) => ReadAsync<ScheduledRow>(
        "reading the schedule",
        PostgresUnit.Command($"select due_at, {EnvelopeColumns.Names} from faultline.schedule order by due_at, message_id limit $1", rowsMax),
        row => new ScheduledRow(EnvelopeColumns.Read(row, 1), Utc(row, 0)),
        stop);

    /// <inheritdoc />
    public async Task<Ownership> TakePartitionsAsync(IReadOnlyList<int> partitions, string owner, CancellationToken stop)
    {
        int[] wanted = [.. partitions.Order()];
        var epochs = new Dictionary<int, long>();
        await InTransactionAsync("taking partitions", async (connection, transaction) =>
        {
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    // Waits for handlers of the former owner that have passed the check of their epoch and not yet committed.
                    PostgresUnit.Command("select pg_advisory_xact_lock(7302, p) from unnest($1::int[]) p", wanted),
                    PostgresUnit.Command(
                        """
                        insert into faultline.ownership (partition, epoch, instance) select p, 1, $2 from unnest($1::int[]) p
                        on conflict (partition) do update set epoch = ownership.epoch + 1, instance = excluded.instance, taken_at = clock_timestamp()
                        returning partition, epoch
                        """,
                        wanted, owner),
                },
            };
            await using NpgsqlDataReader rows = await batch.ExecuteReaderAsync(stop);
            await rows.NextResultAsync(stop);
            while (await rows.ReadAsync(stop)) epochs[rows.GetInt32(0)] = rows.GetInt64(1);
        }, stop);
        return new Ownership(epochs, await ReadLanesAsync(wanted, stop));
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<ParkedLane>> ReadLanesAsync(IReadOnlyList<int> partitions, CancellationToken stop) => ReadAsync<ParkedLane>(
        "reading the parked keys",
        PostgresUnit.Command(
            """
            select distinct on (partition, key, case when key is null then message_id end) partition, key, message_id, due_at from faultline.parked
            where partition = any($1) order by partition, key, case when key is null then message_id end, id
            """,
            partitions.ToArray()),
        row => new ParkedLane(row.GetInt32(0), EnvelopeColumns.Text(row, 1), row.IsDBNull(1) ? row.GetGuid(2) : null, Utc(row, 3)),
        stop);

    /// <inheritdoc />
    public Task<int> BeginAloneAsync(Guid messageId, int survived, CancellationToken stop) => Failures.AsStoreAsync("counting a handling", async () =>
    {
        await using NpgsqlCommand count = database.CreateCommand(
            "insert into faultline.handling as h (message_id, begun) values ($1, 1) on conflict (message_id) do update set begun = greatest(h.begun - $2, 0) + 1 returning begun");
        count.Parameters.Add(new NpgsqlParameter { Value = messageId });
        count.Parameters.Add(new NpgsqlParameter { Value = survived });
        return (int)(await count.ExecuteScalarAsync(stop))! - 1;
    });

    /// <inheritdoc />
    public Task EndAloneAsync(Guid messageId, CancellationToken stop) => Failures.AsStoreAsync("taking back the count of a handling", async () =>
    {
        await using NpgsqlCommand count = database.CreateCommand(
            "with gone as (delete from faultline.handling where message_id = $1 and begun <= 1) update faultline.handling set begun = begun - 1 where message_id = $1 and begun > 1");
        count.Parameters.Add(new NpgsqlParameter { Value = messageId });
        return await count.ExecuteNonQueryAsync(stop);
    });

    /// <inheritdoc />
    public Task ParkAsync(IReadOnlyList<ParkRequest> rows, CancellationToken stop) => InTransactionAsync("parking", async (connection, transaction) =>
    {
        var insert = new NpgsqlBatchCommand(
            $"insert into faultline.parked (partition, attempt, due_at, history, {EnvelopeColumns.Names}) "
            + $"select t.partition, t.attempt, t.due_at, case when t.reason is null then '{{}}'::text[] else array[t.reason] end, {EnvelopeColumns.Names} from {EnvelopeColumns.Unnest(5)} "
            + "join unnest($1::int[], $2::int[], $3::timestamptz[], $4::text[]) with ordinality as t(partition, attempt, due_at, reason, place) using (place) order by place on conflict (message_id) do nothing");
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Integer, rows, row => row.Partition);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Integer, rows, row => row.Attempt);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.TimestampTz, rows, row => row.DueAt.UtcDateTime);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Text, rows, row => row.Reason);
        EnvelopeColumns.Add(insert.Parameters, [.. rows.Select(row => row.Message)]);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { insert, PostgresUnit.Command("delete from faultline.handling where message_id = any($1)", rows.Select(row => row.Message.Id).ToArray()) },
        };
        await batch.ExecuteNonQueryAsync(stop);
    }, stop);

    /// <inheritdoc />
    public Task<IReadOnlyList<ParkedRow>> ReadParkedAsync(ParkedLane lane, int rowsMax, CancellationToken stop) => ReadAsync<ParkedRow>(
        "reading parked messages",
        lane.Key is { } key
            ? PostgresUnit.Command($"select id, partition, attempt, due_at, history, {EnvelopeColumns.Names} from faultline.parked where partition = $1 and key = $2 order by id limit $3", lane.Partition, key, rowsMax)
            : PostgresUnit.Command($"select id, partition, attempt, due_at, history, {EnvelopeColumns.Names} from faultline.parked where partition = $1 and message_id = $2 order by id limit $3", lane.Partition, lane.MessageId!.Value, rowsMax),
        row => new ParkedRow(row.GetInt64(0), row.GetInt32(1), EnvelopeColumns.Read(row, 5), row.GetInt32(2), Utc(row, 3), (string[])row.GetValue(4)),
        stop);

    /// <inheritdoc />
    public Task ReparkAsync(ParkedRow row, CancellationToken stop) => InTransactionAsync("parking again", async (connection, transaction) =>
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                PostgresUnit.Command("update faultline.parked set attempt = $2, due_at = $3, history = $4 where message_id = $1", row.Message.Id, row.Attempt, row.DueAt.UtcDateTime, row.History.ToArray()),
                PostgresUnit.Command("delete from faultline.handling where message_id = $1", row.Message.Id),
            },
        };
        await batch.ExecuteNonQueryAsync(stop);
    }, stop);

    /// <inheritdoc />
    public Task DeadLetterAsync(DeadLetterRequest letter, CancellationToken stop) => InTransactionAsync("moving to the dead letters", async (connection, transaction) =>
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (letter.Message is { } message)
        {
            // The inbox keeps a redelivery of the dead out; a replay takes this row away again. A row that is there already says that the message was handled after all.
            var insert = new NpgsqlBatchCommand(
                $"with entered as (insert into faultline.inbox (message_id) select message_id from {EnvelopeColumns.Unnest(4)} on conflict do nothing returning message_id) "
                + $"insert into faultline.dead_letter (outgoing, reason, attempts, history, {EnvelopeColumns.Names}) select false, $1, $2, $3, {EnvelopeColumns.Names} from {EnvelopeColumns.Unnest(4)} "
                + "where exists (select from entered) on conflict (message_id) do nothing");
            insert.Parameters.Add(new NpgsqlParameter { Value = letter.Reason });
            insert.Parameters.Add(new NpgsqlParameter { Value = letter.Attempts });
            insert.Parameters.Add(new NpgsqlParameter { Value = letter.History.ToArray() });
            EnvelopeColumns.Add(insert.Parameters, [message]);
            batch.BatchCommands.Add(insert);
            batch.BatchCommands.Add(PostgresUnit.Command("delete from faultline.parked where message_id = $1", message.Id));
            batch.BatchCommands.Add(PostgresUnit.Command("delete from faultline.handling where message_id = $1", message.Id));
        }
        else
        {
            batch.BatchCommands.Add(PostgresUnit.Command(
                "insert into faultline.dead_letter (outgoing, reason, attempts, history, raw_tag, raw) values (false, $1, $2, $3, $4, $5) on conflict (raw_tag) do nothing",
                letter.Reason, letter.Attempts, letter.History.ToArray(), letter.Tag, letter.Raw.ToArray()));
        }

        await batch.ExecuteNonQueryAsync(stop);
    }, stop);

    /// <inheritdoc />
    public Task ForgetParkedAsync(Guid messageId, CancellationToken stop) => InTransactionAsync("forgetting a parked message", async (connection, transaction) =>
    {
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                PostgresUnit.Command("delete from faultline.parked where message_id = $1", messageId),
                PostgresUnit.Command("delete from faultline.handling where message_id = $1", messageId),
            },
        };
        await batch.ExecuteNonQueryAsync(stop);
    }, stop);

    /// <inheritdoc />
    public async Task CountInjectedAsync(IReadOnlyList<Envelope> messages, CancellationToken stop)
    {
        if (!audit) return;
        await InTransactionAsync("counting injected messages", async (connection, transaction) =>
        {
            await using var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands = { PostgresUnit.AuditOf([.. messages.Select(message => (LedgerFact.Handled, message, 1))], instance) },
            };
            await batch.ExecuteNonQueryAsync(stop);
        }, stop);
    }

    /// <inheritdoc />
    public Task<int> TrimAsync(TimeSpan olderThan, CancellationToken stop) => Failures.AsStoreAsync("removing old rows", async () =>
    {
        int removed = 0;
        foreach (string sql in Trims)
        {
            await using NpgsqlCommand trim = database.CreateCommand(sql);
            trim.Parameters.Add(new NpgsqlParameter { Value = olderThan });
            removed += await trim.ExecuteNonQueryAsync(stop);
        }

        return removed;
    });

    private Task<int> InTransactionAsync(string what, Func<NpgsqlConnection, NpgsqlTransaction, Task> work, CancellationToken stop) => Failures.AsStoreAsync(what, async () =>
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await work(connection, transaction);
        await transaction.CommitAsync(stop);
        return 0;
    });

    private Task<IReadOnlyList<T>> ReadAsync<T>(string what, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken stop) => Failures.AsStoreAsync<IReadOnlyList<T>>(what, async () =>
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await using NpgsqlDataReader rows = await batch.ExecuteReaderAsync(stop);
        var found = new List<T>();
        while (await rows.ReadAsync(stop)) found.Add(read(rows));
        return found;
    });

    private static DateTimeOffset Utc(NpgsqlDataReader row, int ordinal) => new(row.GetDateTime(ordinal), TimeSpan.Zero);
}
