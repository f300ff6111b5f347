using System.Security.Cryptography;
using Faultline.Anomalies;

namespace RabbitMqOrders;

/// <summary>What travels.</summary>
internal sealed record Order(Guid Id, string Dish)
{
    public const string Type = "order";

    /// <summary>The header with the digest of the body: a body that changed on the way is refused, not believed.</summary>
    public const string DigestHeader = "sha256";

    public static byte[] DigestOf(ReadOnlySpan<byte> body) => SHA256.HashData(body);

    /// <summary>What a fault point gets to see. Made only when something is set there.</summary>
    public static Passage PassageOf(Guid id, ReadOnlyMemory<byte> body, int attempt) => new() { MessageId = id, MessageType = Type, Key = id.ToString(), Body = body, Attempt = attempt };
}
