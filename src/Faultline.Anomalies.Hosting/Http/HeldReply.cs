using Microsoft.AspNetCore.Http;

namespace Faultline.Anomalies.Hosting.Http;

/// <summary>
/// The body of a reply on its way to the wire. It is held until its end, until it is longer than <see cref="BodyStart.BytesMax"/>, or, when its reader waits for the parts, until the first of them is there;
/// then the fault point decides about what is held, and everything later goes straight on.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="wire">Where the body goes.</param>
/// <param name="pass">Lets the held start pass the fault point: what is to be sent of it, or null for a reply that is lost.</param>
internal sealed class HeldReply(HttpContext http, Stream wire, Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>?>> pass) : Stream
{
    private readonly MemoryStream _held = new();
    private bool _hasPassed;
    private bool _isLost;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The reply is complete.</summary>
    public async Task EndAsync()
    {
        if (!_hasPassed) await PassAsync(isAll: true);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_hasPassed && _held.Length + buffer.Length <= BodyStart.BytesMax)
        {
            _held.Write(buffer.Span);
            return;
        }

        if (!_hasPassed)
        {
            int fits = BodyStart.BytesMax - (int)_held.Length;
            _held.Write(buffer.Span[..fits]);
            buffer = buffer[fits..];
            await PassAsync(isAll: false);
        }

        if (!_isLost) await wire.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!_hasPassed && _held.Length + count <= BodyStart.BytesMax) _held.Write(buffer, offset, count);
        else if (!_hasPassed) throw new InvalidOperationException($"a fault is set for replies, and one of more than {BodyStart.BytesMax} bytes can only be written asynchronously");
        else if (!_isLost) wire.Write(buffer, offset, count);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_hasPassed && BodyStart.IsLive(http.Response.ContentType)) await PassAsync(isAll: false);
        if (_hasPassed && !_isLost) await wire.FlushAsync(cancellationToken);
    }

    public override void Flush()
    {
        if (_hasPassed && !_isLost) wire.Flush();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _held.Dispose();
        base.Dispose(disposing);
    }

    private async Task PassAsync(bool isAll)
    {
        _hasPassed = true; // Also when a fault throws: it has acted, and the reply that says so goes straight on.
        byte[] start = _held.ToArray();
        _held.SetLength(0);
        if (await pass(start) is not { } sent)
        {
            _isLost = true;
            http.Abort();
            return;
        }

        if (isAll && sent.Length > 0) http.Response.ContentLength = sent.Length;
        else if (http.Response.ContentLength is { } length) http.Response.ContentLength = length - start.Length + sent.Length;
        if (sent.Length > 0) await wire.WriteAsync(sent, http.RequestAborted);
    }
}
