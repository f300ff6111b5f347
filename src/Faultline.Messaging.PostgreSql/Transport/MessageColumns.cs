using System.Text;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.PostgreSql.Store;
using Npgsql;
using NpgsqlTypes;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Envelopes with their places in a queue, as the arrays that one insert unnests.</summary>
internal static class MessageColumns
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The <c>unnest</c> of the parameters from a number on: the envelope's columns, the partition, the number of partitions, and an ordinal.</summary>
    public static string Unnest(int first)
    {
        int next = first + EnvelopeColumns.Count;
        return $"unnest({string.Join(", ", EnvelopeColumns.Types.Select((type, index) => $"${first + index}::{type}[]"))}, ${next}::smallint[], ${next + 1}::int[]) "
            + $"with ordinality as i ({EnvelopeColumns.Names}, partition, partitions, ordinal)";
    }

    /// <summary>Adds the parameters of <see cref="Unnest"/>.</summary>
    public static void AddTo(NpgsqlParameterCollection parameters, IReadOnlyList<Envelope> batch, int[] partitions)
    {
        EnvelopeColumns.Add(parameters, batch);
        EnvelopeColumns.Array(parameters, NpgsqlDbType.Smallint, [.. batch.Zip(partitions)], pair => (short)KeyHash.PartitionOf(pair.First.Key, pair.First.Id, pair.Second));
        EnvelopeColumns.Array(parameters, NpgsqlDbType.Integer, partitions, count => count);
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
}
