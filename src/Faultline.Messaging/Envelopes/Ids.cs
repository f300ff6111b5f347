using System.Buffers.Binary;
using Faultline.Triggers;

namespace Faultline.Messaging.Envelopes;

/// <summary>Makes ids: UUIDv7 (RFC 9562), whose first 48 bits are the time in milliseconds, so that an index of them grows at its end. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="dice">Where the other bits come from, so that a run can be repeated; null for the generator of the runtime.</param>
public sealed class Ids(TimeProvider time, Dice? dice = null)
{
    private readonly Lock _gate = new();

    /// <summary>A new id.</summary>
    public Guid Next()
    {
#pragma warning disable RS0030 // The one place that may draw an id: the time comes from the clock that was given.
        if (dice is null) return Guid.CreateVersion7(time.GetUtcNow());
#pragma warning restore RS0030

        Span<byte> bytes = stackalloc byte[16];
        lock (_gate)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 16) | 0x7000 | (dice.Next() & 0x0FFF));
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (dice.Next() >> 2) | 0x8000_0000_0000_0000);
        }

        return new Guid(bytes, bigEndian: true);
    }
}
