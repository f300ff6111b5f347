using System.Runtime.CompilerServices;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>Reads, and only reads, what a service's database states about messages. Thread-safe.</summary>
/// <param name="database">The service's database.</param>
/// <param name="service">As <c>system/service</c>.</param>
public sealed class LedgerReader(NpgsqlDataSource database, string service)
{
    private const string Waiting =
        $"""
        with start as (select coalesce(max(at), '-infinity') as at from faultline.audit where position <= $1)
        select {InboxFact}::smallint as fact, message_id, '' as type, 0 as version, null::text as key, null::uuid as causation_id, null::text as correlation_id, 0::bigint as position,
          0 as attempt, null::text as instance, noted_at as at, null::text as reason, null::text as headers from faultline.inbox where noted_at >= (select at from start)
        union all select {OutboxFact}, message_id, type, version, key, causation_id, correlation_id, 0, 0, null, sent_at, null, headers from faultline.outbox
        union all select {ScheduleFact}, message_id, type, version, key, causation_id, correlation_id, 0, 0, null, due_at, null, headers from faultline.schedule
        union all select {ParkedFact}, message_id, type, version, key, causation_id, correlation_id, 0, attempt, null, due_at, history[cardinality(history)], headers from faultline.parked
        union all select case when discarded_at is null then {DeadFact} else {DiscardedFact} end, coalesce(message_id, '00000000-0000-0000-0000-000000000000'), coalesce(type, ''), coalesce(version, 0), key,
          causation_id, correlation_id, 0, attempts, null, at, reason, headers from faultline.dead_letter where at >= (select at from start)
        """;

    private const string InboxFact = "4";
    private const string OutboxFact = "5";
    private const string ScheduleFact = "6";
    private const string ParkedFact = "7";
    private const string DeadFact = "8";
    private const string DiscardedFact = "9";

    /// <summary>Everything, in one snapshot: first the audit in the order of its positions, then what waits.</summary>
    /// <param name="after">Only what came after this position of the audit, and what waits now whenever it came; 0 for everything.</param>
    /// <param name="stop">Ends the reading.</param>
    public async IAsyncEnumerable<LedgerRow> ReadAsync(long after, [EnumeratorCancellation] CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        await using (var audit = new NpgsqlCommand(
            "select fact, message_id, type, version, key, causation_id, correlation_id, position, attempt, instance, at, null::text, injected from faultline.audit where position > $1 order by position", connection, snapshot))
        {
            audit.Parameters.Add(new() { Value = after });
            await using NpgsqlDataReader rows = await audit.ExecuteReaderAsync(stop);
            while (await rows.ReadAsync(stop)) yield return RowOf(rows, rows.GetBoolean(12));
        }

        await using (var waiting = new NpgsqlCommand(Waiting, connection, snapshot))
        {
            waiting.Parameters.Add(new() { Value = after });
            await using NpgsqlDataReader rows = await waiting.ExecuteReaderAsync(stop);
            while (await rows.ReadAsync(stop)) yield return RowOf(rows, EnvelopeColumns.Text(rows, 12)?.Contains(Envelopes.Envelope.InjectedHeader, StringComparison.Ordinal) ?? false);
        }
    }

    /// <summary>How much is under way.</summary>
    /// <param name="stop">Ends the reading.</param>
    public async Task<MessagingState> StateAsync(CancellationToken stop)
    {
        await using NpgsqlCommand read = database.CreateCommand(
            """
            select (select count(*) from faultline.outbox), (select count(*) from faultline.schedule), (select min(due_at) from faultline.schedule), (select count(*) from faultline.parked),
              (select count(*) from faultline.dead_letter where discarded_at is null), (select coalesce(max(position), 0) from faultline.audit), (select count(*) from faultline.audit where injected),
              (select round(extract(epoch from now() - min(sent_at))::numeric, 1)::float8 from faultline.outbox)
            """);
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(stop);
        await row.ReadAsync(stop);
        return new MessagingState
        {
            Service = service,
            Outbox = row.GetInt64(0),
            Scheduled = row.GetInt64(1),
            NextDueAt = row.IsDBNull(2) ? null : new DateTimeOffset(row.GetDateTime(2), TimeSpan.Zero),
            Parked = row.GetInt64(3),
            DeadLetters = row.GetInt64(4),
            AuditPosition = row.GetInt64(5),
            Injected = row.GetInt64(6),
            OutboxOldestSeconds = row.IsDBNull(7) ? null : row.GetDouble(7),
        };
    }

    private LedgerRow RowOf(NpgsqlDataReader row, bool injected) => new()
    {
        Service = service,
        Fact = (LedgerFact)row.GetInt16(0),
        MessageId = row.GetGuid(1),
        Type = row.GetString(2),
        Version = row.GetInt32(3),
        Key = EnvelopeColumns.Text(row, 4),
        CausationId = row.IsDBNull(5) ? null : row.GetGuid(5),
        OperationId = EnvelopeColumns.Text(row, 6),
        Position = row.GetInt64(7),
        Attempt = row.GetInt32(8),
        Instance = EnvelopeColumns.Text(row, 9),
        At = new DateTimeOffset(row.GetDateTime(10), TimeSpan.Zero),
        Reason = EnvelopeColumns.Text(row, 11),
        Injected = injected,
    };
}
