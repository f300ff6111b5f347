using System.Text;
using Faultline.Triggers;

namespace Faultline.Proxy.Http;

/// <summary>The head of a request or a reply: its bytes, to be passed on as they came, and what is needed of them.</summary>
internal sealed class HttpHead : IMatchSubject
{
    private readonly List<(string Name, string Value)> _headers;

    private HttpHead(byte[] raw, string[] startLine, List<(string Name, string Value)> headers)
    {
        Raw = raw;
        _headers = headers;
        Start = startLine;
        Path = startLine[1].IndexOf('?') is var query and >= 0 ? startLine[1][..query] : startLine[1];
    }

    public byte[] Raw { get; }

    public string Method => Start[0];

    public string Path { get; }

    /// <summary>The status of a reply.</summary>
    public int Status => int.TryParse(Start[1], out int status) ? status : 0;

    public string Version => Start[0].StartsWith("HTTP/", StringComparison.Ordinal) ? Start[0] : Start[^1];

    public bool IsHttp1 => Version is "HTTP/1.1" or "HTTP/1.0";

    public bool IsChunked => Header("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Null when there is none, -1 when it cannot be read.</summary>
    public long? ContentLength => Header("Content-Length") is not { } text ? null : long.TryParse(text, System.Globalization.NumberStyles.None, provider: null, out long length) ? length : -1;

    public bool ExpectsContinue => Header("Expect")?.Contains("100-continue", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether the sender closes the connection behind this message.</summary>
    public bool Closes => Header("Connection") is { } connection
        ? connection.Contains("close", StringComparison.OrdinalIgnoreCase)
        : Version == "HTTP/1.0";

    string? IMatchSubject.Path => Path;

    string? IMatchSubject.Method => Method;

    string? IMatchSubject.MessageType => null;

    string? IMatchSubject.Key => null;

    Guid? IMatchSubject.MessageId => null;

    private string[] Start { get; }

    public string? Header(string name)
    {
        foreach ((string Name, string Value) header in _headers)
        {
            if (string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)) return header.Value;
        }

        return null;
    }

    /// <summary>Reads a head, up to and with its empty line.</summary>
    /// <returns>Null when these bytes are no head of HTTP.</returns>
    public static HttpHead? Read(ReadOnlySpan<byte> bytes)
    {
        string[] lines = Encoding.Latin1.GetString(bytes).Split('\n');
        string[] start = lines[0].TrimEnd('\r').Split(' ', 3);
        if (start.Length < 2 || (start.Length == 2 && !start[0].StartsWith("HTTP/", StringComparison.Ordinal))) return null;

        List<(string Name, string Value)> headers = new(lines.Length);
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':');
            if (colon > 0) headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        return new HttpHead(bytes.ToArray(), start, headers);
    }
}
