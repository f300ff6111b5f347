using System.Collections.Immutable;
using System.Text.Json;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Messaging.PostgreSql.Control;

/// <summary>An anomaly as a row: what was asked for as JSON, what changes as columns.</summary>
internal static class AnomalyRow
{
    public const string Columns = "place, config::text, matched, fired, last_fired_at";

    public static Anomaly Read(NpgsqlDataReader reader) =>
        JsonSerializer.Deserialize<Anomaly>(reader.GetString(1), ProtocolJson.Options)! with
        {
            Order = reader.GetInt64(0),
            Matched = reader.GetInt64(2),
            Fired = reader.GetInt64(3),
            LastFiredAt = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
        };

    public static NpgsqlCommand Insert(Anomaly anomaly, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        new("insert into faultline.anomaly (id, config, expires_at) values ($1, $2, $3) returning place", connection, transaction)
        {
            Parameters =
            {
                new() { Value = anomaly.Id },
                new() { Value = JsonSerializer.Serialize(anomaly, ProtocolJson.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = (object?)anomaly.ExpiresAt?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
}

/// <summary>A firing as a row.</summary>
internal static class FiringRow
{
    public const string Columns = "id, anomaly_id, service, instance, point, kind, match, message_id, message_type, key, operation_id, attempt, at";

    // 'order by' makes the ids follow the order of the batch.
    private const string InsertSql = """
        insert into faultline.firing (claim_id, anomaly_id, service, instance, point, kind, at, match, message_id, message_type, key, operation_id, attempt)
        select $1, $2, $3, $4, $5, $6, $7, f.match, f.message_id, f.message_type, f.key, f.operation_id, f.attempt
        from unnest($8, $9, $10, $11, $12, $13) as f (match, message_id, message_type, key, operation_id, attempt)
        order by f.match
        returning id
        """;

    public static Firing Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetInt64(6),
        reader.IsDBNull(7) ? null : reader.GetGuid(7), Text(reader, 8), Text(reader, 9), Text(reader, 10), reader.GetInt32(11), reader.GetFieldValue<DateTimeOffset>(12));

    /// <summary>Inserts the firings of one claim; there is at least one.</summary>
    public static NpgsqlBatchCommand Insert(Guid claimId, ImmutableArray<Firing> firings)
    {
        Firing first = firings[0];
        return new NpgsqlBatchCommand(InsertSql)
        {
            Parameters =
            {
                new() { Value = claimId },
                new() { Value = first.AnomalyId },
                new() { Value = first.Service },
                new() { Value = first.Instance },
                new() { Value = first.Point },
                new() { Value = first.Kind },
                new() { Value = first.At.ToUniversalTime() },
                Array(firings.Select(firing => firing.Match), NpgsqlDbType.Bigint),
                Array(firings.Select(firing => firing.MessageId), NpgsqlDbType.Uuid),
                Array(firings.Select(firing => firing.MessageType), NpgsqlDbType.Text),
                Array(firings.Select(firing => firing.Key), NpgsqlDbType.Text),
                Array(firings.Select(firing => firing.OperationId), NpgsqlDbType.Text),
                Array(firings.Select(firing => firing.Attempt), NpgsqlDbType.Integer),
            },
        };
    }

    private static NpgsqlParameter Array<T>(IEnumerable<T> values, NpgsqlDbType type) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>Reading of whole results.</summary>
internal static class ReaderExtensions
{
    /// <summary>Reads the rest of the current result.</summary>
    public static async Task<ImmutableArray<T>> ReadAllAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken stop)
    {
        ImmutableArray<T>.Builder rows = ImmutableArray.CreateBuilder<T>();
        while (await reader.ReadAsync(stop)) rows.Add(read(reader));
        return rows.ToImmutable();
    }
}
