namespace Faultline.Anomalies.Hosting.Http;

/// <summary>
/// How much of a body a fault point sees. A body may be a stream without an end, and a process that is armed must not keep all of it: the point sees the first <see cref="BytesMax"/>, and what follows passes unchanged.
/// </summary>
internal static class BodyStart
{
    /// <summary>1 MiB.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>Whether somebody reads the parts of this body as they come, so that waiting for its end would change what he sees.</summary>
    public static bool IsLive(string? contentType) => contentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads the start of a body.</summary>
    /// <param name="body">Where it comes from.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <returns>At most <see cref="BytesMax"/> bytes, and whether that was all.</returns>
    public static async Task<(ReadOnlyMemory<byte> Start, bool IsAll)> ReadAsync(Stream body, CancellationToken stop)
    {
        using var start = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (start.Length < BytesMax)
        {
            int read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, BytesMax - start.Length)), stop);
            if (read == 0) return (start.ToArray(), true);
            start.Write(buffer, 0, read);
        }

        return (start.ToArray(), false);
    }
}

/// <summary>A body of which the start was read already.</summary>
/// <param name="start">The start, perhaps changed.</param>
/// <param name="rest">Where the rest comes from; disposed of with this.</param>
internal sealed class ResumedBody(ReadOnlyMemory<byte> start, Stream rest) : Stream
{
    private ReadOnlyMemory<byte> _start = start;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _start.IsEmpty ? await rest.ReadAsync(buffer, cancellationToken) : Take(buffer.Span);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => _start.IsEmpty ? rest.Read(buffer, offset, count) : Take(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // There is nothing to flush in what is only read.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) rest.Dispose();
        base.Dispose(disposing);
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _start.Length);
        _start.Span[..count].CopyTo(buffer);
        _start = _start[count..];
        return count;
    }
}
