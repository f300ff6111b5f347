using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TicketFlow.Checks.Samples;

/// <summary>Invalid and hostile inquiries, each with what must happen to it.</summary>
/// <remarks>
/// U+0000 must be refused because PostgreSQL text cannot hold it, and half a surrogate pair because no UTF-8 can: both would otherwise fail late, or be stored changed.
/// Text that is dangerous only where it is used wrongly (SQL, markup, direction marks) is valid and must be stored as it is.
/// </remarks>
internal static class HostileInquiries
{
    private const int TitleCharsMin = 3;
    private const int TitleCharsMax = 120;
    private const int DescriptionCharsMin = 10;
    private const int DescriptionCharsMax = 5_000;
    private const int BigBodyBytes = 1 << 20;

    private static readonly string[] Fields = ["name", "email", "title", "description", "category"];

    /// <summary>All cases.</summary>
    public static IReadOnlyList<HostileInquiry> All { get; } = [.. Lengths(), .. Addresses(), .. Characters(), .. Shapes(), .. Envelopes(), .. Dangerous()];

    private static IEnumerable<HostileInquiry> Lengths()
    {
        yield return Accepted("title of 3 characters", "title", new string('t', TitleCharsMin));
        yield return Accepted("title of 120 characters", "title", new string('t', TitleCharsMax));
        yield return Refused("title of 2 characters", "title", new string('t', TitleCharsMin - 1));
        yield return Refused("title of 121 characters", "title", new string('t', TitleCharsMax + 1));
        yield return Refused("empty title", "title", "");
        yield return Refused("title of spaces", "title", new string(' ', TitleCharsMin * 2));
        yield return Accepted("description of 10 characters", "description", new string('d', DescriptionCharsMin));
        yield return Accepted("description of 5,000 characters", "description", new string('d', DescriptionCharsMax));
        yield return Refused("description of 9 characters", "description", new string('d', DescriptionCharsMin - 1));
        yield return Refused("description of 5,001 characters", "description", new string('d', DescriptionCharsMax + 1));
        yield return Refused("empty description", "description", "");
        yield return Refused("description of line breaks", "description", new string('\n', DescriptionCharsMin * 2));
        yield return Refused("empty name", "name", "");
        yield return Refused("name of spaces", "name", "    ");
        yield return Refused("name of 10,000 characters", "name", new string('n', 10_000));
        yield return Refused("unknown category", "category", "gossip");
        yield return Refused("empty category", "category", "");
        yield return Refused("category with a number", "category", "2");
    }

    private static IEnumerable<HostileInquiry> Addresses()
    {
        foreach (string valid in new[] { "first.last@mail.example", "first+tag@mail.example", "a@b.example", "o'brien@mail.example", "under_score-dash@sub.mail.example" })
        {
            yield return Accepted($"address {valid}", "email", valid);
        }

        foreach (string wrong in new[]
        {
            "", " ", "nobody", "nobody@", "@mail.example", "no body@mail.example", "two@at@mail.example", "a@mail..example", "a@-", "<a@mail.example>",
        })
        {
            yield return Refused($"address '{wrong}'", "email", wrong);
        }

        yield return Refused("address with a header behind it", "email", "a@mail.example\r\nBcc: everybody@mail.example");
        yield return Refused("address of 400 characters", "email", new string('a', 387) + "@mail.example");
        yield return Refused("list of addresses", "email", "a@mail.example, b@mail.example");
    }

    private static IEnumerable<HostileInquiry> Characters()
    {
        foreach (string field in Fields)
        {
            yield return Refused($"U+0000 in {field}", field, ValidValue(field) + "\0");
        }

        foreach (string field in new[] { "name", "title", "description" })
        {
            // Written as escapes, because half a pair cannot be put into UTF-8 in any other way.
            yield return RefusedRaw($"high surrogate alone in {field}", field, $"\"some text \\ud83d and more of it\"");
            yield return RefusedRaw($"low surrogate alone in {field}", field, $"\"some text \\ude00 and more of it\"");
        }

        byte[] invalid = Bytes(Valid());
        invalid[Array.IndexOf(invalid, (byte)'R')] = 0xFF;
        yield return new HostileInquiry("bytes that are no UTF-8", invalid, IsAccepted: false, Field: null);
    }

    private static IEnumerable<HostileInquiry> Shapes()
    {
        foreach (string field in Fields)
        {
            JsonObject missing = Valid();
            missing.Remove(field);
            yield return new HostileInquiry($"no {field}", Bytes(missing), IsAccepted: false, field);
            yield return RefusedRaw($"{field} is null", field, "null");
            yield return RefusedRaw($"{field} is a number", field, "12345678901234567890");
            yield return RefusedRaw($"{field} is true", field, "true");
            yield return RefusedRaw($"{field} is a list", field, "[\"some text that is long enough\"]");
            yield return RefusedRaw($"{field} is an object", field, "{\"value\":\"some text that is long enough\"}");
        }
    }

    private static IEnumerable<HostileInquiry> Envelopes()
    {
        yield return Envelope("nothing at all", "");
        yield return Envelope("null", "null");
        yield return Envelope("a list", "[]");
        yield return Envelope("a text", "\"inquiry\"");
        yield return Envelope("no JSON", "name=Ann&title=Help");
        yield return Envelope("JSON that ends too early", Valid().ToJsonString()[..^8]);
        yield return Envelope("two objects", Valid().ToJsonString() + Valid().ToJsonString());
        yield return Envelope("ten thousand brackets", new string('[', 10_000) + new string(']', 10_000));
        yield return new HostileInquiry("an object with nothing in it", Encoding.UTF8.GetBytes("{}"), IsAccepted: false, Field: null);
        yield return new HostileInquiry("plain text as content type", Bytes(Valid()), IsAccepted: false, Field: null, "text/plain");
        yield return new HostileInquiry("a megabyte", Bytes(With("description", new string('m', BigBodyBytes))), IsAccepted: false, Field: null);
    }

    private static IEnumerable<HostileInquiry> Dangerous()
    {
        yield return Accepted("SQL", "title", "'; DROP TABLE inquiries; --");
        yield return Accepted("script", "description", "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>");
        yield return Accepted("template", "description", "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> %s %n");
        yield return Accepted("direction marks", "title", "Invoice \u202Egnp.exe\u202C attached");
        yield return Accepted("zero-width characters", "description", "Pass\u200Bword\u200D reset\uFEFF please, it is urgent");
        yield return Accepted("heaps of combining marks", "description", string.Concat(Enumerable.Repeat("e\u0301\u0302\u0323", 60)));
        yield return Accepted("emoji", "title", "Help 🆘👩‍💻🇵🇱");
        yield return Accepted("path", "title", "../../../../etc/passwd");
        yield return Accepted("line feeds of a log entry", "description", "All is well\r\n2030-01-01 ERROR forged entry\r\nand more text");
        yield return Accepted("words of a spreadsheet formula", "title", "=HYPERLINK(\"http://mail.example\",\"open\")");
        yield return Accepted("name in another script", "name", "عمر منصور");
    }

    private static string ValidValue(string field) => Valid()[field]!.GetValue<string>();

    private static JsonObject Valid() => new()
    {
        ["name"] = "Robin Tester",
        ["email"] = "robin@standard.example",
        ["title"] = "Printer on the second floor",
        ["description"] = "The printer on the second floor does not print any more.",
        ["category"] = "technical",
    };

    private static JsonObject With(string field, string value)
    {
        JsonObject inquiry = Valid();
        inquiry[field] = value;
        return inquiry;
    }

    private static HostileInquiry Accepted(string name, string field, string value) => new(name, Bytes(With(field, value)), IsAccepted: true, Field: null);

    private static HostileInquiry Refused(string name, string field, string value) => new(name, Bytes(With(field, value)), IsAccepted: false, field);

    private static HostileInquiry RefusedRaw(string name, string field, string json)
    {
        const string Placeholder = "placeholder of the raw value";
        string body = With(field, Placeholder).ToJsonString().Replace($"\"{Placeholder}\"", json, StringComparison.Ordinal);
        return new HostileInquiry(name, Encoding.UTF8.GetBytes(body), IsAccepted: false, field);
    }

    private static HostileInquiry Envelope(string name, string body) => new($"body is {name}", Encoding.UTF8.GetBytes(body), IsAccepted: false, Field: null);

    private static byte[] Bytes(JsonObject inquiry) => JsonSerializer.SerializeToUtf8Bytes(inquiry);
}
