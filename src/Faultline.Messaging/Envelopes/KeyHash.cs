using System.Text;

namespace Faultline.Messaging.Envelopes;

/// <summary>
/// The hash that spreads ordering keys over locks and partitions: FNV-1a with 64 bits (Fowler, Noll, Vo), finished by the mixer of SplitMix64 because
/// the low bits of FNV alone are weak. Equal in every process, on every machine, for ever: stored state depends on it.
/// </summary>
public static class KeyHash
{
    /// <summary>How many lock slots there are for keys in the outbox.</summary>
    public const int Slots = 1024;

    /// <summary>The hash of a key.</summary>
    /// <param name="key">Any text.</param>
    public static ulong Of(string key)
    {
        ulong hash = 14695981039346656037;
        Span<byte> buffer = stackalloc byte[256];
        int length = Encoding.UTF8.GetMaxByteCount(key.Length);
        Span<byte> bytes = length <= buffer.Length ? buffer : new byte[length];
        foreach (byte value in bytes[..Encoding.UTF8.GetBytes(key, bytes)]) hash = (hash ^ value) * 1099511628211;
        return Mix(hash);
    }

    /// <summary>The lock slot of a key, from 0 to <see cref="Slots"/> − 1.</summary>
    /// <param name="key">Any text.</param>
    public static int SlotOf(string key) => (int)(Of(key) % Slots);

    /// <summary>The partition of a message: of its key, or of its id when it has none.</summary>
    /// <param name="key">The ordering key, or null.</param>
    /// <param name="messageId">The id.</param>
    /// <param name="partitions">How many partitions the queue has; at least 1.</param>
    public static int PartitionOf(string? key, Guid messageId, int partitions) => (int)((key is null ? OfId(messageId) : Of(key)) % (ulong)partitions);

    private static ulong OfId(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return Mix(BitConverter.ToUInt64(bytes[8..]) ^ BitConverter.ToUInt64(bytes));
    }

    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return hash ^ (hash >> 31);
    }
}
