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

    public Socket Source => source;

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

    /// <summary>Reads on until the other side leaves, or the buffer is full.</summary>
    public async Task<bool> LeavesAsync()
    {
        while (Unread.Length < HeadBytesMax)
        {
            if (!await FillAsync()) return true;
        }

        return false;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
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
        if (_start == _end) _start = _end = 0;
        else if (_end == _buffer.Length) MakeRoom();

        int count = await source.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
        _end += count;
        received(count);
        return count > 0;
    }

    private void MakeRoom()
    {
        byte[] target = _start > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        int unread = _end - _start;
        _buffer.AsSpan(_start, unread).CopyTo(target);
        if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
        _start = 0;
        _end = unread;
    }
}
