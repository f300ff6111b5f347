using System.Net;

namespace Faultline.Anomalies.Hosting.Http;

/// <summary>
/// The content of a request that is longer than the start that was read of it. It stands in the place of the content it was read from, so whoever sends the request sends all of it; sent again, it goes back where its stream can,
/// and fails otherwise: it must never look like a shorter one.
/// </summary>
internal sealed class LongContent : HttpContent
{
    private readonly Rest _rest;

    private LongContent(ReadOnlyMemory<byte> start, Rest rest) => (Start, _rest) = (start, rest);

    /// <summary>What was read, or what a fault has made of it.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    /// <summary>The content of which the start was just read.</summary>
    /// <param name="start">What was read.</param>
    /// <param name="rest">The stream behind it.</param>
    public static LongContent Of(ReadOnlyMemory<byte> start, Stream rest) => new(start, new Rest(rest, rest.CanSeek ? rest.Position : 0));

    /// <summary>The same with another start; both read one stream.</summary>
    public LongContent With(ReadOnlyMemory<byte> start) => new(start, _rest);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Stream rest = _rest.Take();
        await stream.WriteAsync(Start, cancellationToken);
        await rest.CopyToAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private sealed class Rest(Stream stream, long begin)
    {
        private bool _isTaken;

        public Stream Take()
        {
            if (_isTaken && !stream.CanSeek) throw new InvalidOperationException("the content of this request was sent before, and its stream cannot be read again");
            if (_isTaken) stream.Position = begin;
            _isTaken = true;
            return stream;
        }
    }
}
