using System.Buffers;
using System.Net.Sockets;

namespace Faultline.Proxy.Http;

/// <summary>Reads messages from one side of an HTTP connection.</summary>
internal sealed class HttpReader(Socket source, Action<int> received) : IDisposable
{
    private const int HeadBytesMax = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(8 * 1024);
    private int _start;
    private int _end;
    private Task<bool>? _filling;

    public ReadOnlyMemory<byte> Unread => _buffer.AsMemory(_start, _end - _start);

    /// <summary>The next head; null at the end of the stream, and when what comes is no HTTP (then it stays unread).</summary>
    public async ValueTask<HttpHead?> ReadHeadAsync()
    {
        int searched = 0;
        while (true)
        {
            int length = HeadLength(Unread.Span, ref searched);
            if (length > 0)
            {
                HttpHead? head = HttpHead.Read(Unread.Span[..length]);
                if (head is not null) _start += length;
                return head;
            }

            if (Unread.Length >= HeadBytesMax || !await FillAsync()) return null;
        }
    }

    /// <summary>Gives every part of a body to a receiver.</summary>
    /// <exception cref="InvalidDataException">The body ends too early, or its framing is broken.</exception>
    public async ValueTask ReadBodyAsync(HttpBody body, Func<ReadOnlyMemory<byte>, bool, ValueTask> receive)
    {
        while (!body.IsDone)
        {
            int count = body.Next(Unread.Span, out bool isContent);
            if (count > 0)
            {
                ReadOnlyMemory<byte> part = Unread[..count];
                _start += count;
                await receive(part, isContent);
            }
            else if (!await FillAsync())
            {
                if (body.EndsWithConnection) return;
                throw new InvalidDataException("the connection ended inside a body");
            }
        }
    }

    /// <summary>
    /// Watches the other side while something else is being waited for: reads on, and keeps what comes. The read that is under way at the end stays so, and serves the next reader.
    /// </summary>
    /// <returns>Whether the other side sends no more.</returns>
    public async Task<bool> EndsBeforeAsync(Task work)
    {
        while (!work.IsCompleted && Unread.Length < HeadBytesMax)
        {
            Task<bool> filling = _filling ??= StartFillAsync();
            if (await Task.WhenAny(work, filling) != filling) return false;

            _filling = null;
            if (!await filling) return true;
        }

        return false;
    }

    /// <summary>Waits for the read that is under way, if one is.</summary>
    /// <returns>Whether there may be more to read.</returns>
    public async ValueTask<bool> SettleAsync() => _filling is null || await FillAsync();

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;

        // A read that is still under way may write into the buffer until its socket is closed: then it must not be another's.
        if (_filling is null && buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private static int HeadLength(ReadOnlySpan<byte> bytes, ref int searched)
    {
        int end = bytes[searched..].IndexOf("\r\n\r\n"u8);
        if (end >= 0) return searched + end + 4;

        searched = Math.Max(0, bytes.Length - 3);
        return 0;
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_filling is not { } filling) return await StartFillAsync();

        _filling = null;
        return await filling;
    }

    private async Task<bool> StartFillAsync()
    {
        if (_start == _end)
        {
            // What fills the buffer is a large body: it gets fewer and larger pieces.
            if (_end == _buffer.Length && _buffer.Length < HeadBytesMax) MakeRoom();
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        int count = await source.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
        _end += count;
        received(count);
        return count > 0;
    }

    private void MakeRoom()
    {
        int unread = _end - _start;
        byte[] target = _start > 0 && unread > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(_start, unread).CopyTo(target);
        if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
        _start = 0;
        _end = unread;
    }
}
