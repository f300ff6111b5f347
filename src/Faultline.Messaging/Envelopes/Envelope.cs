namespace Faultline.Messaging.Envelopes;

/// <summary>A message on its way: the payload and everything that the pipeline must know about it. Immutable; safe for all threads.</summary>
public sealed record Envelope
{
    /// <summary>The identity of the message, a UUIDv7. Copies and redeliveries keep it; that is how an inbox knows them.</summary>
    public required Guid Id { get; init; }

    /// <summary>The stable type name, for example <c>ticketflow.inquiry-submitted</c>; 1 to 200 characters.</summary>
    public required string Type { get; init; }

    /// <summary>The version of the type, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The ordering key: messages of one key from one service are handled in the order of their commits. Null means no order.</summary>
    public string? Key { get; init; }

    /// <summary>The client's operation at the root of the chain; every message that it causes, however indirectly, carries it.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The message whose handling published this one; null when a request did.</summary>
    public Guid? CausationId { get; init; }

    /// <summary>W3C trace context of the publishing step.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The publishing service, as <c>system/service</c>.</summary>
    public required string Publisher { get; init; }

    /// <summary>When the message was published, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Further headers; names starting with <c>fl-</c> belong to the product.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = EmptyHeaders;

    /// <summary>Digest of the body, made when the message was stored. See <see cref="BodyDigest"/>.</summary>
    public required long Digest { get; init; }

    /// <summary>The payload as UTF-8 JSON; at most <see cref="BodyBytesMax"/> bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The largest body: 256 KiB. Larger things belong into a store of their own, with a message that names them.</summary>
    public const int BodyBytesMax = 256 * 1024;

    /// <summary>Header that marks a message which a storm injected: it has no business effect.</summary>
    public const string InjectedHeader = "fl-injected";

    /// <summary>Header that names the cell of a battery which the client's operation belongs to.</summary>
    public const string CellHeader = "fl-cell";

    /// <summary>No headers.</summary>
    public static IReadOnlyDictionary<string, string> EmptyHeaders { get; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    /// <summary>Whether a storm injected this message.</summary>
    public bool IsInjected => Headers.ContainsKey(InjectedHeader);

    /// <summary>Whether the body is the one that was stored.</summary>
    public bool IsIntact => BodyDigest.Of(Body.Span) == Digest;
}
