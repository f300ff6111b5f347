using System.Buffers.Text;

namespace Faultline.Proxy.Http;

/// <summary>Finds the end of a body in the bytes that arrive, and tells its content from the marks of its framing. It changes nothing.</summary>
internal sealed class HttpBody
{
    private Place _place;
    private long _left;

    private HttpBody(Place place, long left = 0)
    {
        _place = place;
        _left = left;
    }

    private enum Place
    {
        Done,
        Content,
        UntilClose,
        ChunkSize,
        ChunkContent,
        ChunkEnd,
        Trailer,
    }

    public bool IsDone => _place is Place.Done;

    public bool EndsWithConnection => _place is Place.UntilClose;

    /// <summary>The body of a request.</summary>
    public static HttpBody OfRequest(HttpHead head) => head.IsChunked ? new HttpBody(Place.ChunkSize) : OfLength(head.ContentLength ?? 0);

    /// <summary>The body of a reply.</summary>
    public static HttpBody OfReply(HttpHead head, string method) =>
        method == "HEAD" || head.Status is < 200 or 204 or 304 ? new HttpBody(Place.Done)
        : head.IsChunked ? new HttpBody(Place.ChunkSize)
        : head.ContentLength is { } length ? OfLength(length) : new HttpBody(Place.UntilClose);

    /// <summary>How many of these bytes come next, and whether they are content; 0 when more bytes are needed to tell.</summary>
    /// <exception cref="InvalidDataException">The framing is broken.</exception>
    public int Next(ReadOnlySpan<byte> bytes, out bool isContent)
    {
        isContent = _place is Place.Content or Place.UntilClose or Place.ChunkContent;
        if (_place is Place.UntilClose || bytes.IsEmpty) return bytes.Length;
        return isContent ? NextContent(bytes.Length) : NextLine(bytes);
    }

    private static HttpBody OfLength(long length) => length switch
    {
        < 0 => throw new InvalidDataException("the header Content-Length is no number"),
        0 => new HttpBody(Place.Done),
        _ => new HttpBody(Place.Content, length),
    };

    private int NextContent(int available)
    {
        int count = (int)Math.Min(available, _left);
        _left -= count;
        if (_left == 0) _place = _place is Place.Content ? Place.Done : Place.ChunkEnd;
        return count;
    }

    private int NextLine(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n');
        if (end < 0) return 0;

        ReadOnlySpan<byte> line = bytes[..end].TrimEnd((byte)'\r');
        _place = _place switch
        {
            Place.ChunkSize => ReadSize(line),
            Place.ChunkEnd => Place.ChunkSize,
            _ => line.IsEmpty ? Place.Done : Place.Trailer,
        };
        return end + 1;
    }

    private Place ReadSize(ReadOnlySpan<byte> line)
    {
        if (!Utf8Parser.TryParse(line, out _left, out int read, 'x') || read == 0 || _left < 0) throw new InvalidDataException("the size of a chunk is no number");
        return _left == 0 ? Place.Trailer : Place.ChunkContent;
    }
}
