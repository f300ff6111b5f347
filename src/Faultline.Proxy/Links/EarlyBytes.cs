using System.Buffers;
using System.Net.Sockets;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Links;

/// <summary>What a client sends while the upstream is not reached yet. Reading it is the only way to notice that the client has left.</summary>
internal sealed class EarlyBytes(Socket client, ByteCount count) : IDisposable
{
    private const int BytesMax = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private byte[] _buffer = [];
    private int _length;
    private bool _isReset;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Whether the client has ended its stream.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>
    /// Waits for the connection to the upstream. When that takes long, the client is watched: one that reset its connection is not waited for, and one that sends no more only for as long as
    /// given, because it may have left.
    /// </summary>
    public async Task WatchAsync(Task connecting, TimeProvider time, TimeSpan patienceWithEnded, CancellationTokenSource left)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(left.Token);
        if (await Task.WhenAny(connecting, Task.Delay(Patience, time, stop.Token)) != connecting)
        {
            Task reading = ReadAsync(stop.Token);
            if (await Task.WhenAny(connecting, reading) == reading && HasEnded)
            {
                if (!_isReset) await Task.WhenAny(connecting, Task.Delay(patienceWithEnded, time, stop.Token));
                if (!connecting.IsCompleted) await left.CancelAsync();
            }

            await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // The caller sees how it ended.
            await stop.CancelAsync();
            await reading;
        }

        await stop.CancelAsync();
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(BytesMax);
        try
        {
            while (_length < BytesMax && !HasEnded)
            {
                int received = await client.ReceiveAsync(_buffer.AsMemory(_length, BytesMax - _length), SocketFlags.None, stop);
                count.AddReceived(received);
                _length += received;
                HasEnded = received == 0;
            }
        }
        catch (OperationCanceledException)
        {
            // The upstream is there: the pump reads on.
        }
        catch (SocketException)
        {
            HasEnded = _isReset = true; // The client is gone.
        }
    }
}
