using System.Text;
using System.Text.RegularExpressions;

namespace TicketFlow.Tests.Communication;

/// <summary>Reads an e-mail as a mail program does: unfolds, decodes names, subject and body. Refuses lines that are too long or end wrongly.</summary>
internal sealed partial class EmlReader
{
    private readonly List<(string Name, string Value)> _headers = [];

    public EmlReader(byte[] eml)
    {
        string text = Encoding.UTF8.GetString(eml);
        text.Replace("\r\n", "").ShouldNotContain('\r');
        text.Replace("\r\n", "").ShouldNotContain('\n');
        string[] lines = text.Split("\r\n");
        lines.Max(Encoding.UTF8.GetByteCount).ShouldBeLessThanOrEqualTo(998);
        int end = Array.IndexOf(lines, "");
        foreach (string line in lines[..end])
        {
            if (line.Contains("=?utf-8?")) line.Length.ShouldBeLessThanOrEqualTo(76);
            if (line[0] == ' ') _headers[^1] = (_headers[^1].Name, $"{_headers[^1].Value}{line}");
            else _headers.Add((line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..]));
        }

        lines[(end + 1)..].Max(line => line.Length).ShouldBeLessThanOrEqualTo(76);
        Body = Decode(lines[(end + 1)..]);
    }

    public IEnumerable<string> Names => _headers.Select(header => header.Name);

    /// <summary>Lines end with a line feed, the last one too.</summary>
    public string Body { get; }

    /// <summary>A header, decoded.</summary>
    public string this[string name] => Decode(Raw(name));

    /// <summary>A header as it stands there, unfolded.</summary>
    public string Raw(string name) => _headers.Single(header => header.Name == name).Value;

    /// <summary>The name in front of an address, decoded, and the address.</summary>
    public (string Name, string Address) Mailbox(string header)
    {
        string raw = Raw(header);
        int begin = raw.LastIndexOf('<');
        string name = begin < 0 ? "" : raw[..(begin - 1)];
        if (name.StartsWith('"')) name = Escape().Replace(name[1..^1], "$1");
        return (Decode(name), begin < 0 ? raw : raw[(begin + 1)..^1]);
    }

    private static string Decode(string value)
    {
        string joined = Between().Replace(value, "?==?");
        return EncodedWord().Replace(joined, word => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(word.Groups[1].Value)));
    }

    private static string Decode(string[] lines)
    {
        var bytes = new List<byte>();
        foreach (string line in lines[..^1])
        {
            bool goesOn = line.EndsWith('=');
            if (!goesOn && line.Length > 0) line[^1].ShouldNotBe(' ');
            string content = goesOn ? line[..^1] : line;
            for (int index = 0; index < content.Length; index++)
            {
                bytes.Add(content[index] == '=' ? Convert.ToByte(content.Substring(index + 1, 2), 16) : (byte)content[index]);
                if (content[index] == '=') index += 2;
            }

            if (!goesOn) bytes.Add((byte)'\n');
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    [GeneratedRegex(@"\?= +=\?")]
    private static partial Regex Between();

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]*)\?=")]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"\\(.)")]
    private static partial Regex Escape();
}
