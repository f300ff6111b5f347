using System.Text.Json;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Rows of the message table as deliveries. What cannot be read becomes a malformed delivery; it never stops the reader.</summary>
internal static class MessageReader
{
    /// <summary>The columns to select, in the order that <see cref="Read"/> expects.</summary>
    public const string Columns =
        "id, partition, message_id, type, version, key, publisher, causation_id, correlation_id, trace_parent, sent_at, headers, digest, body";

    /// <summary>Reads the row that the reader stands on.</summary>
    public static Delivery Read(NpgsqlDataReader row)
    {
        long id = row.GetInt64(0);
        int partition = row.GetInt16(1);
        try
        {
            string? missing = Missing(row);
            if (missing is not null) return Malformed(row, id, partition, $"{missing} is missing");

            return new Delivery(id, partition, Redelivered: false, Envelope(row));
        }
        catch (Exception error) when (error is JsonException or InvalidCastException or FormatException or OverflowException or ArgumentException)
        {
            return Malformed(row, id, partition, error.Message);
        }
    }

    private static Envelope Envelope(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(2),
        Type = row.GetString(3),
        Version = row.GetInt32(4),
        Key = Text(row, 5),
        Publisher = row.GetString(6),
        CausationId = row.IsDBNull(7) ? null : row.GetGuid(7),
        CorrelationId = Text(row, 8),
        TraceParent = Text(row, 9),
        Time = new DateTimeOffset(row.GetDateTime(10)),
        Headers = Text(row, 11) is { } headers ? HeadersOf(headers) : Envelopes.Envelope.EmptyHeaders,
        Digest = row.GetInt64(12),
        Body = row.GetFieldValue<byte[]>(13),
    };

    private static Dictionary<string, string> HeadersOf(string json)
    {
        Dictionary<string, string>? headers = JsonSerializer.Deserialize<Dictionary<string, string>>(json);
        if (headers is null || headers.Values.Any(value => value is null)) throw new FormatException("a header is null");
        return headers;
    }

    private static string? Missing(NpgsqlDataReader row)
    {
        foreach (int column in (ReadOnlySpan<int>)[2, 3, 4, 6, 10, 12, 13])
        {
            if (row.IsDBNull(column)) return row.GetName(column);
        }

        return null;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static Delivery Malformed(NpgsqlDataReader row, long id, int partition, string why) =>
        new(id, partition, Redelivered: false, Message: null, why, row.IsDBNull(13) ? default : row.GetFieldValue<byte[]>(13));
}
