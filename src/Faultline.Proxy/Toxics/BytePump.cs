using System.Buffers;
using System.Net.Sockets;

namespace Faultline.Proxy.Toxics;

/// <summary>Reads one side of a connection and passes on what comes, up to its end.</summary>
internal static class BytePump
{
    // An idle connection keeps a small buffer; one that fills it gets a large one, until it has been quiet for a while.
    private const int SmallBytes = 4 * 1024;
    private const int LargeBytes = 64 * 1024;
    private const int QuietReads = 64;

    public static async Task RunAsync(Socket source, ToxicStream target, ByteCount count, ReadOnlyMemory<byte> unread = default)
    {
        if (!unread.IsEmpty) await target.WriteAsync(unread);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SmallBytes);
        try
        {
            int quiet = 0;
            while (true)
            {
                int received = await source.ReceiveAsync(buffer.AsMemory(), SocketFlags.None);
                if (received == 0) break;

                count.AddReceived(received);
                await target.WriteAsync(buffer.AsMemory(0, received));
                quiet = received > SmallBytes / 2 ? 0 : quiet + 1;
                if (received == buffer.Length && buffer.Length < LargeBytes) buffer = Change(buffer, LargeBytes);
                else if (quiet > QuietReads && buffer.Length >= LargeBytes) buffer = Change(buffer, SmallBytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await target.EndAsync();
    }

    /// <summary>Waits for both directions. When one breaks, the other cannot go on: both sides see a reset, as if nothing stood between them.</summary>
    public static Task BothAsync(Task up, Task down, Action<StreamEnding> end) => Task.WhenAll(GuardAsync(up, end), GuardAsync(down, end));

    private static async Task GuardAsync(Task pump, Action<StreamEnding> end)
    {
        try
        {
            await pump;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            end(StreamEnding.Reset);
            throw;
        }
    }

    private static byte[] Change(byte[] buffer, int length)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        return ArrayPool<byte>.Shared.Rent(length);
    }
}
