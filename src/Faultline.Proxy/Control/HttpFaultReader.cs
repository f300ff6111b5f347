using System.Text.Json;
using Faultline.Proxy.Http;
using Faultline.Proxy.Problems;
using Faultline.Triggers;

namespace Faultline.Proxy.Control;

/// <summary>Reads HTTP faults as the API and the config file write them.</summary>
internal static class HttpFaultReader
{
    private static readonly string[] AttributeNames =
    [
        "distribution", "latency_ms", "min_ms", "max_ms", "status", "retry_after_seconds", "body", "content_type", "bytes", "bytes_per_second", "copies",
    ];

    public static HttpFaultConfig Read(JsonElement json)
    {
        var fields = new JsonFields(json);
        return new HttpFaultConfig
        {
            Name = fields.Text("name"),
            Kinds = ReadKinds(fields),
            When = fields.Text("when") switch
            {
                null or "before" => HttpPhase.Before,
                "after" => HttpPhase.After,
                { } other => throw ProxyProblems.BadBody($"when is '{other}'; it must be before or after"),
            },
            Match = ReadMatch(fields.Object("match")),
            Trigger = ReadTrigger(fields.Object("trigger")),
            Settings = ReadSettings(fields.Object("attributes")),
            ExpiresAt = fields.Time("expires_at"),
            Seed = fields.Unsigned("seed"),
        };
    }

    private static IReadOnlyList<string> ReadKinds(JsonFields fields) => fields.Raw("kind") switch
    {
        null => throw ProxyProblems.MissingField("kind"),
        { ValueKind: JsonValueKind.Array } => fields.Texts("kind"),
        _ => [fields.Text("kind")!],
    };

    private static Matcher ReadMatch(JsonFields? match)
    {
        if (match is not { } fields) return new Matcher();

        RefuseOthers(fields, "match", ["method", "path", "headers"]);
        Dictionary<string, string>? headers = fields.Object("headers")?.All
            .ToDictionary(header => header.Name, header => header.Value.GetString() ?? throw ProxyProblems.BadBody($"match.headers.{header.Name} must be a string"));
        return new Matcher(Headers: headers, Method: fields.Text("method"), Path: fields.Text("path"));
    }

    private static TriggerRule ReadTrigger(JsonFields? trigger)
    {
        if (trigger is not { } fields) return new TriggerRule.Always();

        RefuseOthers(fields, "trigger", ["once", "nth", "first", "every", "probability", "while"]);
        (DateTimeOffset?, DateTimeOffset?)? window = fields.Object("while") is { } span ? (span.Time("from"), span.Time("until")) : null;
        TriggerRule? rule = TriggerRule.Read(
            fields.Flag("once"), fields.Long("nth"), fields.Long("first"), fields.Long("every"), fields.Number("probability"), window, out string? problem);
        return rule ?? throw ProxyProblems.BadBody(problem!);
    }

    private static HttpFaultSettings ReadSettings(JsonFields? attributes)
    {
        if (attributes is not { } fields) return new HttpFaultSettings();

        RefuseOthers(fields, "attributes", AttributeNames);
        return new HttpFaultSettings
        {
            Distribution = fields.Text("distribution"),
            LatencyMs = fields.Number("latency_ms"),
            MinMs = fields.Number("min_ms"),
            MaxMs = fields.Number("max_ms"),
            Status = fields.Whole("status"),
            RetryAfterSeconds = fields.Whole("retry_after_seconds"),
            Body = fields.Text("body"),
            ContentType = fields.Text("content_type"),
            Bytes = fields.Whole("bytes"),
            BytesPerSecond = fields.Number("bytes_per_second"),
            Copies = fields.Whole("copies"),
        };
    }

    // A slip of the pen must not become a fault that never fires.
    private static void RefuseOthers(JsonFields fields, string where, string[] known)
    {
        foreach (JsonProperty property in fields.All)
        {
            if (!known.Contains(property.Name, StringComparer.OrdinalIgnoreCase)) throw ProxyProblems.BadBody($"{where} has no '{property.Name}'; it has: {string.Join(", ", known)}");
        }
    }
}
