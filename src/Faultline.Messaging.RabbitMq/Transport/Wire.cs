using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Faultline.Messaging.Envelopes;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>A message as it came from the broker.</summary>
/// <param name="Tag">The same each time the same message is delivered: drawn by the sender for each send.</param>
/// <param name="MayBeAgain">Whether the broker has delivered it before.</param>
/// <param name="SentAt">When it was sent; null when that is unknown.</param>
/// <param name="Message">The message, or null.</param>
/// <param name="Malformed">Why there is none.</param>
/// <param name="Raw">The bytes of what cannot be read.</param>
internal sealed record Arrival(long Tag, bool MayBeAgain, DateTimeOffset? SentAt, Envelope? Message, string? Malformed, ReadOnlyMemory<byte> Raw);

/// <summary>Envelopes as AMQP messages: id and type as properties, everything else as headers, the author's headers in a table of their own.</summary>
internal static class Wire
{
    /// <summary>The header that identifies one send.</summary>
    public const string TagHeader = "x-fl-tag";

    private const string SentHeader = "x-fl-sent";
    public const string VersionHeader = "x-fl-version";
    public const string KeyHeader = "x-fl-key";
    public const string PublisherHeader = "x-fl-publisher";
    public const string CausationHeader = "x-fl-causation";
    public const string CorrelationHeader = "x-fl-correlation";
    public const string TraceHeader = "x-fl-trace";
    public const string TimeHeader = "x-fl-time";
    public const string DigestHeader = "x-fl-digest";
    public const string AuthorHeaders = "x-fl-headers";
    // The same once more as a text: a stream keeps no tables among the headers of a message.
    private const string AuthorText = "x-fl-headers-text";
    private const int HeaderBytesMax = 64 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The properties of a message; the tag is added when it is sent.</summary>
    public static BasicProperties PropertiesOf(Envelope message, DateTimeOffset now)
    {
        Dictionary<string, object?> headers = new(12)
        {
            [SentHeader] = now.UtcTicks,
            [VersionHeader] = message.Version,
            [PublisherHeader] = message.Publisher,
            [TimeHeader] = message.Time.UtcTicks,
            [DigestHeader] = message.Digest,
        };
        if (message.Key is { } key) headers[KeyHeader] = key;
        if (message.CausationId is { } causation) headers[CausationHeader] = causation.ToString();
        if (message.CorrelationId is { } correlation) headers[CorrelationHeader] = correlation;
        if (message.TraceParent is { } trace) headers[TraceHeader] = trace;
        if (message.Headers.Count > 0)
        {
            headers[AuthorHeaders] = message.Headers.ToDictionary(header => header.Key, header => (object?)header.Value);
            headers[AuthorText] = JsonSerializer.Serialize(message.Headers);
        }

        return new BasicProperties { MessageId = message.Id.ToString(), Type = message.Type, ContentType = "application/json", Persistent = true, Headers = headers };
    }

    /// <summary>Why a message can never be sent, however often it is tried; null when it can.</summary>
    public static string? Refusal(Envelope message)
    {
        if (message.Body.Length > Envelope.BodyBytesMax) return $"message {message.Id} has a body of {message.Body.Length} bytes; it may have {Envelope.BodyBytesMax}";

        try
        {
            int bytes = 0;
            foreach (string? text in (IEnumerable<string?>)[message.Type, message.Key, message.Publisher, message.CorrelationId, message.TraceParent]) bytes += text is null ? 0 : Strict.GetByteCount(text);
            foreach ((string name, string value) in message.Headers)
            {
                if (Strict.GetByteCount(name) > 255) return $"message {message.Id} has a header whose name is longer than 255 bytes, which AMQP does not carry";

                bytes += Strict.GetByteCount(name) + Strict.GetByteCount(value) + 8;
            }

            return bytes > HeaderBytesMax ? $"message {message.Id} has headers of {bytes} bytes; they may have {HeaderBytesMax}" : null;
        }
        catch (EncoderFallbackException)
        {
            return $"message {message.Id} holds a text with half a surrogate pair, which cannot be sent";
        }
    }

    /// <summary>Reads what arrived. What cannot be read becomes malformed; it never stops the reader.</summary>
    public static Arrival Read(IReadOnlyBasicProperties properties, bool redelivered, ReadOnlyMemory<byte> bytes)
    {
        byte[] body = bytes.ToArray(); // The client library uses its buffer again.
        IDictionary<string, object?> headers = properties.Headers ?? new Dictionary<string, object?>();
        long tag = headers.TryGetValue(TagHeader, out object? value) && value is long given ? given : ForeignTag(properties, body);
        bool again = redelivered || CountOf(headers, "x-delivery-count") > 0 || CountOf(headers, "x-acquired-count") > 0;
        DateTimeOffset? sentAt = headers.TryGetValue(SentHeader, out object? sent) && sent is long ticks && ticks is > 0 and < 3_155_378_975_999_999_999 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        try
        {
            return new Arrival(tag, again, sentAt, EnvelopeOf(properties, headers, body), Malformed: null, Raw: default);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            return new Arrival(tag, again, sentAt, Message: null, error.Message, body);
        }
    }

    private static Envelope EnvelopeOf(IReadOnlyBasicProperties properties, IDictionary<string, object?> headers, byte[] body)
    {
        if (!properties.IsMessageIdPresent()) throw new FormatException("message_id is missing");
        if (!properties.IsTypePresent()) throw new FormatException("type is missing");

        return new Envelope
        {
            Id = Guid.Parse(properties.MessageId!),
            Type = properties.Type!,
            Version = headers.TryGetValue(VersionHeader, out object? version) && version is int number ? number : throw Missing(VersionHeader),
            Key = TextOf(headers, KeyHeader),
            Publisher = TextOf(headers, PublisherHeader) ?? throw Missing(PublisherHeader),
            CausationId = TextOf(headers, CausationHeader) is { } causation ? Guid.Parse(causation) : null,
            CorrelationId = TextOf(headers, CorrelationHeader),
            TraceParent = TextOf(headers, TraceHeader),
            Time = new DateTimeOffset(headers.TryGetValue(TimeHeader, out object? time) && time is long ticks ? ticks : throw Missing(TimeHeader), TimeSpan.Zero),
            Headers = headers.TryGetValue(AuthorHeaders, out object? table) ? HeadersOf(table) : TextOf(headers, AuthorText) is { } text ? HeadersOfText(text) : Envelope.EmptyHeaders,
            Digest = headers.TryGetValue(DigestHeader, out object? digest) && digest is long sum ? sum : throw Missing(DigestHeader),
            Body = body,
        };
    }

    private static Dictionary<string, string> HeadersOfText(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? throw new FormatException($"{AuthorText} is null");
        }
        catch (JsonException error)
        {
            throw new FormatException($"{AuthorText} is no JSON: {error.Message}", error);
        }
    }

    private static Dictionary<string, string> HeadersOf(object? table)
    {
        if (table is not IDictionary<string, object?> headers) throw new FormatException($"{AuthorHeaders} is no table");

        Dictionary<string, string> texts = new(headers.Count);
        foreach ((string name, object? value) in headers) texts[name] = value is byte[] bytes ? Strict.GetString(bytes) : throw new FormatException($"header '{name}' is no text");
        return texts;
    }

    private static string? TextOf(IDictionary<string, object?> headers, string name)
    {
        if (!headers.TryGetValue(name, out object? value) || value is null) return null;
        return value is byte[] bytes ? Strict.GetString(bytes) : throw new FormatException($"header '{name}' is no text");
    }

    private static long CountOf(IDictionary<string, object?> headers, string name) =>
        headers.TryGetValue(name, out object? value) && value is IConvertible number and not string ? Convert.ToInt64(number, CultureInfo.InvariantCulture) : 0;

    private static FormatException Missing(string name) => new($"header '{name}' is missing or of another type");

    // What others put into the queue carries no tag; it needs one that it keeps.
    private static long ForeignTag(IReadOnlyBasicProperties properties, byte[] body)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(properties.MessageId ?? ""));
        hash.AppendData(body);
        return BinaryPrimitives.ReadInt64LittleEndian(hash.GetHashAndReset());
    }
}
