using System.Text.Json;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Proxy.Problems;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Control;

/// <summary>Reads links and toxics as the API and the config file write them.</summary>
internal static class LinkReader
{
    public static LinkConfig ReadLink(JsonElement json, string place = "")
    {
        var fields = new JsonFields(json);
        string name = Required(fields, "name", place);
        return new LinkConfig
        {
            Name = name,
            Listen = fields.Text("listen") ?? "",
            Upstream = Required(fields, "upstream", place),
            Enabled = fields.Flag("enabled") ?? true,
            IsHttp = fields.Text("protocol") switch
            {
                null or "" or "tcp" => false,
                "http" => true,
                { } other => throw ProxyProblems.BadBody($"protocol is '{other}'; it must be tcp or http"),
            },
            ExemptPaths = fields.Texts("exempt_paths"),
            Toxics = [.. fields.List("toxics").Select(ReadToxic)],
            HttpFaults = [.. fields.List("http_faults").Select(HttpFaultReader.Read)],
        };
    }

    /// <summary>A list of links; all are read before any is made.</summary>
    public static IReadOnlyList<LinkConfig> ReadLinks(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Array) throw ProxyProblems.BadBody("it must be a list of proxies");

        LinkConfig[] links = [.. json.EnumerateArray().Select((link, index) => ReadLink(link, $" at proxy {index + 1}"))];
        string? twice = links.GroupBy(link => link.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? links : throw ProxyProblems.BadBody($"proxy '{twice}' is there twice");
    }

    public static ToxicConfig ReadToxic(JsonElement json)
    {
        var fields = new JsonFields(json);
        return new ToxicConfig
        {
            Name = fields.Text("name"),
            Stream = StreamSides.Find(fields.Text("stream") is { Length: > 0 } stream ? stream : "downstream") ?? throw ProxyProblems.InvalidStream(),
            Type = fields.Text("type") ?? throw ProxyProblems.InvalidToxicType(),
            Toxicity = fields.Number("toxicity") ?? 1,
            Attributes = fields.Numbers("attributes"),
            ExpiresAt = fields.Time("expires_at"),
            Seed = fields.Unsigned("seed"),
        };
    }

    private static string Required(JsonFields fields, string name, string place) => fields.Text(name) is { Length: > 0 } text ? text : throw ProxyProblems.MissingField(name + place);
}
