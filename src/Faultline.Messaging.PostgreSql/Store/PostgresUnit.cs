using System.Data;
using System.Data.Common;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Protocol.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>
/// One business transaction on PostgreSQL. It begins with its first use: a unit that only defers statements and publishes is one batch, which PostgreSQL runs as one transaction without being told where
/// it begins and ends.
/// </summary>
/// <param name="connection">Owned by the unit.</param>
/// <param name="transactional">False when the <c>transaction</c> guard is off: every statement commits alone.</param>
/// <param name="audit">Whether audit rows are written.</param>
/// <param name="instance">The name of this instance, for the audit.</param>
internal sealed class PostgresUnit(NpgsqlConnection connection, bool transactional, bool audit, string instance) : IStoreUnit
{
    private static readonly string InsertOutbox = $"insert into faultline.outbox ({EnvelopeColumns.Names}) select {EnvelopeColumns.Names} from {EnvelopeColumns.Unnest(1)} order by place";

    // The usual case, one message with a key: the lock stands in the from clause, so it is had before the row's id is drawn.
    private static readonly string InsertOne =
        $"insert into faultline.outbox ({EnvelopeColumns.Names}) select {EnvelopeColumns.Scalars(2)} from pg_advisory_xact_lock(7301, $1)";

    private static readonly string InsertSchedule =
        $"insert into faultline.schedule (name, due_at, {EnvelopeColumns.Names}) select t.name, t.due_at, {EnvelopeColumns.Names} from {EnvelopeColumns.Unnest(3)} "
        + "join unnest($1::text[], $2::timestamptz[]) with ordinality as t(name, due_at, place) using (place)";

    private const string InsertAudit =
        """
        insert into faultline.audit (fact, message_id, type, version, key, causation_id, correlation_id, attempt, injected, instance)
        select fact, message_id, type, version, key, causation_id, correlation_id, attempt, injected, $10
        from unnest($1::smallint[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::uuid[], $7::text[], $8::int[], $9::boolean[])
          with ordinality as a(fact, message_id, type, version, key, causation_id, correlation_id, attempt, injected, place)
        order by place
        """;

    private readonly List<NpgsqlBatchCommand> _deferred = [];
    private NpgsqlTransaction? _begun;

    /// <inheritdoc />
    public DbConnection Connection
    {
        get
        {
            // Whoever runs a statement of his own on it runs it inside the transaction. A broken one is only looked at.
            if (connection.State == ConnectionState.Open) Begin();
            return connection;
        }
    }

    /// <inheritdoc />
    public DbTransaction? Transaction => Begin();

    /// <inheritdoc />
    public void Defer(DbBatchCommand command) => _deferred.Add((NpgsqlBatchCommand)command);

    /// <inheritdoc />
    public async Task<bool[]> EnterAsync(InboxEntry entry, CancellationToken stop)
    {
        bool[] isNew = new bool[entry.Messages.Count];
        var batch = new List<NpgsqlBatchCommand>();
        int[] partitions = [.. entry.Epochs.Keys.Order()];
        if (partitions.Length > 0)
        {
            // The lock first, the look in a statement of its own: its snapshot is then younger than the last change of owner.
            batch.Add(Command("select pg_advisory_xact_lock_shared(7302, p) from unnest($1::int[]) p", partitions));
            batch.Add(Command(
                "select t.partition from unnest($1::int[], $2::bigint[]) as t(partition, epoch) left join faultline.ownership o on o.partition = t.partition where o.epoch is distinct from t.epoch",
                partitions, partitions.Select(partition => entry.Epochs[partition]).ToArray()));
        }

        if (entry.Deduplicate)
        {
            batch.Add(Command("insert into faultline.inbox (message_id) select unnest($1::uuid[]) on conflict do nothing returning message_id", entry.Messages.Select(message => message.Id).ToArray()));
        }
        else
        {
            Array.Fill(isNew, true);
        }

        if (batch.Count > 0) await Failures.AsConnectionAsync("entering the transaction", () => EnterAsync(batch, partitions.Length > 0, entry, isNew, stop));
        return isNew;
    }

    /// <inheritdoc />
    public async Task FlushAsync(UnitFlush flush, CancellationToken stop)
    {
        List<NpgsqlBatchCommand> commands = CommandsOf(flush);
        if (commands.Count > 0) await Failures.AsConnectionAsync("writing the transaction", () => RunAsync(commands, stop));
    }

    /// <summary>The transaction; the client library sends its begin with the first statement.</summary>
    private NpgsqlTransaction? Begin() => transactional ? _begun ??= connection.BeginTransaction() : null;

    /// <inheritdoc />
    public async Task FlushAndCommitAsync(UnitFlush flush, CancellationToken stop)
    {
        if (!transactional)
        {
            await FlushAsync(flush, stop);
            return;
        }

        List<NpgsqlBatchCommand> commands = CommandsOf(flush);
        // A statement that fails keeps the commit behind it from running. The transaction object sees by the state of the session that it has ended.
        if (_begun is not null) commands.Add(new NpgsqlBatchCommand("commit"));
        if (commands.Count > 0) await Failures.AsConnectionAsync("the commit", () => RunTogetherAsync(commands, stop));
    }

    private List<NpgsqlBatchCommand> CommandsOf(UnitFlush flush)
    {
        var commands = new List<NpgsqlBatchCommand>(_deferred);
        if (flush.Cancelled.Count > 0) AddCancel(commands, flush.Cancelled);
        commands.AddRange(PublishOf(flush.Outbox, flush.Audited, audit: false, instance));
        if (flush.Scheduled.Count > 0) AddSchedule(commands, flush.Scheduled);
        if (flush.Settled.Count > 0)
        {
            Guid[] settled = [.. flush.Settled];
            commands.Add(Command("delete from faultline.parked where message_id = any($1)", settled));
            commands.Add(Command("delete from faultline.handling where message_id = any($1)", settled));
        }

        if (audit) AddAudit(commands, flush);
        _deferred.Clear();
        return commands;
    }

    /// <inheritdoc />
    public async Task CommitAsync(CancellationToken stop)
    {
        if (_begun is null) return;
        await Failures.AsConnectionAsync("the commit", () => _begun.CommitAsync(stop));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_begun is not null) await _begun.DisposeAsync();
        }
        catch (Exception error) when (Failures.IsConnectionFailure(error) || error is InvalidOperationException)
        {
            // The connection broke: the server undoes the transaction by itself.
        }

        await connection.DisposeAsync();
    }

    private async Task EnterAsync(List<NpgsqlBatchCommand> commands, bool fenced, InboxEntry entry, bool[] isNew, CancellationToken stop)
    {
        Begin();
        await using NpgsqlBatch batch = BatchOf(commands);
        await using NpgsqlDataReader rows = await batch.ExecuteReaderAsync(stop);
        if (fenced)
        {
            await rows.NextResultAsync(stop);
            var gone = new List<int>();
            while (await rows.ReadAsync(stop)) gone.Add(rows.GetInt32(0));
            if (gone.Count > 0) throw new FencedException(gone);
            await rows.NextResultAsync(stop);
        }

        if (!entry.Deduplicate) return;
        var noted = new HashSet<Guid>();
        while (await rows.ReadAsync(stop)) noted.Add(rows.GetGuid(0));
        // Of several deliveries of one message in a batch, the first is the one.
        for (int index = 0; index < isNew.Length; index++) isNew[index] = noted.Remove(entry.Messages[index].Id);
    }

    private async Task RunAsync(List<NpgsqlBatchCommand> commands, CancellationToken stop)
    {
        if (Begin() is not null)
        {
            await RunTogetherAsync(commands, stop);
            return;
        }

        // Without a transaction each statement commits alone: a batch would be one implicit transaction.
        foreach (NpgsqlBatchCommand command in commands)
        {
            await using NpgsqlBatch batch = BatchOf([command]);
            await batch.ExecuteNonQueryAsync(stop);
        }
    }

    private async Task RunTogetherAsync(List<NpgsqlBatchCommand> commands, CancellationToken stop)
    {
        await using NpgsqlBatch batch = BatchOf(commands);
        await batch.ExecuteNonQueryAsync(stop);
    }

    private NpgsqlBatch BatchOf(List<NpgsqlBatchCommand> commands)
    {
        var batch = new NpgsqlBatch(connection, _begun);
        foreach (NpgsqlBatchCommand command in commands) batch.BatchCommands.Add(command);
        return batch;
    }

    private void AddCancel(List<NpgsqlBatchCommand> commands, IReadOnlyList<string> names)
    {
        // Audit and removal in one statement: only what still waits is taken back.
        commands.Add(audit
            ? Command(
                """
                with gone as (delete from faultline.schedule where name = any($1) returning message_id, type, version, key, causation_id, correlation_id)
                insert into faultline.audit (fact, message_id, type, version, key, causation_id, correlation_id, attempt, injected, instance)
                select $2, message_id, type, version, key, causation_id, correlation_id, 1, false, $3 from gone
                """,
                names.ToArray(), (short)LedgerFact.Cancelled, instance)
            // As one object: an array of texts would be taken for the list of parameters itself.
            : Command("delete from faultline.schedule where name = any($1)", (object)names.ToArray()));
    }

    private void AddSchedule(List<NpgsqlBatchCommand> commands, IReadOnlyList<ScheduledMessage> scheduled)
    {
        string[] named = [.. scheduled.Where(message => message.Name is not null).Select(message => message.Name!)];
        if (named.Length > 0) AddCancel(commands, named);
        var insert = new NpgsqlBatchCommand(InsertSchedule);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Text, scheduled, message => message.Name);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.TimestampTz, scheduled, message => message.DueAt.UtcDateTime);
        EnvelopeColumns.Add(insert.Parameters, [.. scheduled.Select(message => message.Message)]);
        commands.Add(insert);
    }

    private void AddAudit(List<NpgsqlBatchCommand> commands, UnitFlush flush)
    {
        (LedgerFact Fact, Envelope Message, int Attempt)[] rows =
        [
            .. flush.Handled.Select(handled => (LedgerFact.Handled, handled.Message, handled.Attempt)),
            .. flush.Outbox.DistinctBy(message => message.Id).Concat(flush.Audited).Select(message => (LedgerFact.Published, message, 1)),
            .. flush.Scheduled.Select(scheduled => (LedgerFact.Scheduled, scheduled.Message, 1)),
        ];
        if (rows.Length > 0) commands.Add(AuditOf(rows, instance));
    }

    /// <summary>The statements that store messages in the outbox, and audit rows of them, in an order that makes id order commit order within a key.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> PublishOf(IReadOnlyList<Envelope> outbox, IReadOnlyList<Envelope> audited, bool audit, string instance)
    {
        if (outbox is [{ Key: { } key } only] && audited.Count == 0)
        {
            var one = new NpgsqlBatchCommand(InsertOne) { Parameters = { new NpgsqlParameter<int> { TypedValue = KeyHash.SlotOf(key) } } };
            EnvelopeColumns.AddScalars(one.Parameters, only);
            yield return one;
            if (audit) yield return AuditOf([(LedgerFact.Published, only, 1)], instance);
            yield break;
        }

        int[] slots = [.. outbox.Concat(audited).Where(message => message.Key is not null).Select(message => KeyHash.SlotOf(message.Key!)).Distinct().Order()];
        if (slots.Length > 0) yield return Command("select pg_advisory_xact_lock(7301, s) from unnest($1::int[]) s", slots);
        if (outbox.Count == 0) yield break;

        var insert = new NpgsqlBatchCommand(InsertOutbox);
        EnvelopeColumns.Add(insert.Parameters, outbox);
        yield return insert;
        if (audit) yield return AuditOf([.. outbox.DistinctBy(message => message.Id).Select(message => (LedgerFact.Published, message, 1))], instance);
    }

    /// <summary>The statement that writes audit rows, in order.</summary>
    internal static NpgsqlBatchCommand AuditOf(IReadOnlyList<(LedgerFact Fact, Envelope Message, int Attempt)> rows, string instance)
    {
        var insert = new NpgsqlBatchCommand(InsertAudit);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Smallint, rows, row => (short)row.Fact);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Uuid, rows, row => row.Message.Id);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Text, rows, row => row.Message.Type);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Integer, rows, row => row.Message.Version);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Text, rows, row => row.Message.Key);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Uuid, rows, row => row.Message.CausationId);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Text, rows, row => row.Message.CorrelationId);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Integer, rows, row => row.Attempt);
        EnvelopeColumns.Array(insert.Parameters, NpgsqlDbType.Boolean, rows, row => row.Message.IsInjected);
        insert.Parameters.Add(new NpgsqlParameter { Value = instance });
        return insert;
    }

    /// <summary>A command with positional parameters.</summary>
    internal static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
