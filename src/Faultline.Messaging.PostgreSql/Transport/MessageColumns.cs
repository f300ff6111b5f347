using System.Text;
using System.Text.Json;
using Faultline.Messaging.Envelopes;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Envelopes as the arrays that one insert unnests.</summary>
internal static class MessageColumns
{
    /// <summary>The columns that an envelope fills, in the order of <see cref="AddTo"/>.</summary>
    public const string Names = "message_id, type, version, key, publisher, causation_id, correlation_id, trace_parent, sent_at, headers, digest, body";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The <c>unnest</c> of the parameters from a number on, with an ordinal.</summary>
    public static string Unnest(int first)
    {
        string[] types = ["uuid", "text", "int", "text", "text", "uuid", "text", "text", "timestamptz", "text", "bigint", "bytea"];
        return $"unnest({string.Join(", ", types.Select((type, index) => $"${first + index}::{type}[]"))}, ${first + types.Length}::smallint[], ${first + types.Length + 1}::int[]) "
            + $"with ordinality as i ({Names}, partition, partitions, ordinal)";
    }

    /// <summary>Adds the parameters of <see cref="Unnest"/>.</summary>
    public static void AddTo(NpgsqlParameterCollection parameters, IReadOnlyList<Envelope> batch, int[] partitions)
    {
        Add(parameters, NpgsqlDbType.Uuid, batch, message => message.Id);
        Add(parameters, NpgsqlDbType.Text, batch, message => message.Type);
        Add(parameters, NpgsqlDbType.Integer, batch, message => message.Version);
        Add(parameters, NpgsqlDbType.Text, batch, message => message.Key);
        Add(parameters, NpgsqlDbType.Text, batch, message => message.Publisher);
        Add(parameters, NpgsqlDbType.Uuid, batch, message => message.CausationId);
        Add(parameters, NpgsqlDbType.Text, batch, message => message.CorrelationId);
        Add(parameters, NpgsqlDbType.Text, batch, message => message.TraceParent);
        Add(parameters, NpgsqlDbType.TimestampTz, batch, message => message.Time.UtcDateTime);
        Add(parameters, NpgsqlDbType.Text, batch, message => message.Headers.Count == 0 ? null : JsonSerializer.Serialize(message.Headers));
        Add(parameters, NpgsqlDbType.Bigint, batch, message => message.Digest);
        Add(parameters, NpgsqlDbType.Bytea, batch, message => message.Body);
        Add(parameters, NpgsqlDbType.Smallint, [.. batch.Zip(partitions, (message, count) => (short)KeyHash.PartitionOf(message.Key, message.Id, count))]);
        Add(parameters, NpgsqlDbType.Integer, partitions);
    }

    /// <summary>Why a message can never be stored, however often it is sent; null when it can.</summary>
    public static string? Refusal(Envelope message)
    {
        if (message.Body.Length > Envelope.BodyBytesMax) return $"message {message.Id} has a body of {message.Body.Length} bytes; it may have {Envelope.BodyBytesMax}";

        IEnumerable<string?> texts = [message.Type, message.Key, message.Publisher, message.CorrelationId, message.TraceParent];
        return texts.All(IsStorable) ? null : $"message {message.Id} holds a text with the character U+0000 or half a surrogate pair; PostgreSQL stores neither";
    }

    private static bool IsStorable(string? text)
    {
        if (text is null) return true;
        if (text.Contains('\0')) return false;

        try
        {
            return Strict.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, NpgsqlDbType type, IReadOnlyList<Envelope> batch, Func<Envelope, T> column)
    {
        T[] values = new T[batch.Count];
        for (int row = 0; row < values.Length; row++) values[row] = column(batch[row]);
        Add(parameters, type, values);
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, NpgsqlDbType type, T[] values) =>
        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
}
