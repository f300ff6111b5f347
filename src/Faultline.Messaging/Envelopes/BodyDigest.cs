using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Faultline.Messaging.Envelopes;

/// <summary>The digest of a message body: the first eight bytes of its SHA-256. It finds accidents on the wire; it is no signature.</summary>
public static class BodyDigest
{
    /// <summary>The digest of a body.</summary>
    /// <param name="body">The bytes as stored.</param>
    public static long Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
