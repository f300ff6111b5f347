namespace Faultline.Hosting.Http;

/// <summary>Marks endpoints of the service's business: faults hit these, and not health checks or the control of the lab.</summary>
internal sealed class BusinessEndpoint;

/// <summary>Headers that a client sends so that the lab can follow what it does.</summary>
public static class OperationHeaders
{
    /// <summary>The id of the client's operation; everything it causes carries it.</summary>
    public const string Operation = "fl-operation";

    /// <summary>The cell of a battery which the operation belongs to.</summary>
    public const string Cell = Faultline.Messaging.Envelopes.Envelope.CellHeader;

    /// <summary>Makes a repeated write the same write; 1 to 200 printable ASCII characters.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>RFC 9530: the digest of the body, <c>sha-256=:...:</c>.</summary>
    public const string ContentDigest = "Content-Digest";

    /// <summary>RFC 9530: asks for the digest of the reply.</summary>
    public const string WantContentDigest = "Want-Content-Digest";
}
