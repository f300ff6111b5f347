using System.Runtime.InteropServices;
using System.Text.Json;
using Faultline.Messaging.Envelopes;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>How a message is written to and read from the columns that all message tables share.</summary>
internal static class EnvelopeColumns
{
    /// <summary>The columns, in the order in which they are written and read.</summary>
    public const string Names = "message_id, type, version, key, publisher, causation_id, correlation_id, trace_parent, sent_at, headers, digest, body";

    /// <summary>How many there are.</summary>
    public const int Count = 12;

    /// <summary>Their types, in the same order.</summary>
    public static IReadOnlyList<string> Types { get; } = ["uuid", "text", "int", "text", "text", "uuid", "text", "text", "timestamptz", "text", "bigint", "bytea"];

    /// <summary>The columns of one message as parameters from <paramref name="first"/> on.</summary>
    /// <param name="first">The number of the first parameter.</param>
    public static string Scalars(int first) => string.Join(", ", Types.Select((type, index) => $"${first + index}::{type}"));

    /// <summary>Adds the parameters of <see cref="Scalars"/>.</summary>
    public static void AddScalars(NpgsqlParameterCollection parameters, Envelope message)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message.Id });
        parameters.Add(OneText(message.Type));
        parameters.Add(new NpgsqlParameter<int> { TypedValue = message.Version });
        parameters.Add(OneText(message.Key));
        parameters.Add(OneText(message.Publisher));
        parameters.Add(new NpgsqlParameter { Value = (object?)message.CausationId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        parameters.Add(OneText(message.CorrelationId));
        parameters.Add(OneText(message.TraceParent));
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = message.Time.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        parameters.Add(OneText(Write(message.Headers)));
        parameters.Add(new NpgsqlParameter<long> { TypedValue = message.Digest });
        parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = BytesOf(message.Body) });
    }

    /// <summary>A table of the parameters from <paramref name="first"/> on, with the columns of <see cref="Names"/> and <c>place</c>, their order.</summary>
    /// <param name="first">The number of the first parameter.</param>
    public static string Unnest(int first)
    {
        return $"unnest({string.Join(", ", Types.Select((type, index) => $"${first + index}::{type}[]"))}) with ordinality as m({Names}, place)";
    }

    /// <summary>Adds the parameters of <see cref="Unnest"/>.</summary>
    public static void Add(NpgsqlParameterCollection parameters, IReadOnlyList<Envelope> messages)
    {
        Array(parameters, NpgsqlDbType.Uuid, messages, message => message.Id);
        Array(parameters, NpgsqlDbType.Text, messages, message => message.Type);
        Array(parameters, NpgsqlDbType.Integer, messages, message => message.Version);
        Array(parameters, NpgsqlDbType.Text, messages, message => message.Key);
        Array(parameters, NpgsqlDbType.Text, messages, message => message.Publisher);
        Array(parameters, NpgsqlDbType.Uuid, messages, message => message.CausationId);
        Array(parameters, NpgsqlDbType.Text, messages, message => message.CorrelationId);
        Array(parameters, NpgsqlDbType.Text, messages, message => message.TraceParent);
        Array(parameters, NpgsqlDbType.TimestampTz, messages, message => message.Time.UtcDateTime);
        Array(parameters, NpgsqlDbType.Text, messages, message => Write(message.Headers));
        Array(parameters, NpgsqlDbType.Bigint, messages, message => message.Digest);
        Array(parameters, NpgsqlDbType.Bytea, messages, message => BytesOf(message.Body));
    }

    /// <summary>Adds an array parameter with one value for each item.</summary>
    public static void Array<TItem, TValue>(NpgsqlParameterCollection parameters, NpgsqlDbType type, IReadOnlyList<TItem> items, Func<TItem, TValue> value)
    {
        var values = new TValue[items.Count];
        for (int index = 0; index < values.Length; index++) values[index] = value(items[index]);
        parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>Reads a message.</summary>
    /// <param name="row">The reader.</param>
    /// <param name="first">The ordinal of the first of the columns.</param>
    public static Envelope Read(NpgsqlDataReader row, int first) => new()
    {
        Id = row.GetGuid(first),
        Type = row.GetString(first + 1),
        Version = row.GetInt32(first + 2),
        Key = Text(row, first + 3),
        Publisher = row.GetString(first + 4),
        CausationId = row.IsDBNull(first + 5) ? null : row.GetGuid(first + 5),
        CorrelationId = Text(row, first + 6),
        TraceParent = Text(row, first + 7),
        Time = new DateTimeOffset(row.GetDateTime(first + 8), TimeSpan.Zero),
        Headers = Text(row, first + 9) is { } headers ? JsonSerializer.Deserialize<Dictionary<string, string>>(headers)! : Envelope.EmptyHeaders,
        Digest = row.GetInt64(first + 10),
        Body = (byte[])row.GetValue(first + 11),
    };

    /// <summary>A text that may be null.</summary>
    public static string? Text(NpgsqlDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetString(ordinal);

    private static NpgsqlParameter OneText(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static string? Write(IReadOnlyDictionary<string, string> headers) => headers.Count == 0 ? null : JsonSerializer.Serialize(headers);

    private static byte[] BytesOf(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out ArraySegment<byte> segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : body.ToArray();
}
