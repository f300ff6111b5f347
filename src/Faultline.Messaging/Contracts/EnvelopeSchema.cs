using System.Text.Json.Nodes;
using Faultline.Messaging.Envelopes;

namespace Faultline.Messaging.Contracts;

/// <summary>What travels with every body, as JSON Schema.</summary>
public static class EnvelopeSchema
{
    private static readonly (string Name, string Type, string? Format, bool IsRequired, string Says)[] Described =
    [
        ("id", "string", "uuid", true, "The identity of the message, a UUIDv7; copies and redeliveries keep it."),
        ("type", "string", null, true, "The stable type name."),
        ("version", "integer", null, true, "The version of the type, from 1."),
        ("key", "string", null, false, "The ordering key; messages of one key from one service are handled in the order of their commits."),
        ("publisher", "string", null, true, "The publishing service."),
        ("correlationId", "string", null, false, "The client's operation at the root of the chain."),
        ("causationId", "string", "uuid", false, "The message whose handling published this one."),
        ("traceParent", "string", null, false, "W3C trace context of the publishing step."),
        ("time", "string", "date-time", true, "When the message was published, UTC."),
        ("digest", "integer", "int64", true, "The first eight bytes of the SHA-256 of the body."),
        ("headers", "object", null, false, "Further headers, texts; names that begin with fl- belong to Faultline."),
    ];

    /// <summary>The names of the fields.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. Described.Select(field => field.Name)];

    /// <summary>The schema, with where each field travels.</summary>
    /// <param name="transports">The transports that carry it.</param>
    public static JsonObject Of(IReadOnlyList<TransportContract> transports)
    {
        var properties = new JsonObject();
        foreach ((string name, string type, string? format, _, string says) in Described)
        {
            var property = new JsonObject { ["type"] = type };
            if (format is not null) property["format"] = format;
            if (name == "headers") property["additionalProperties"] = new JsonObject { ["type"] = "string" };
            property["description"] = $"{says} {string.Join("; ", transports.Select(transport => $"{transport.Name}: {transport.Fields[name]}"))}.";
            properties[name] = property;
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = $"The envelope. A body has at most {Envelope.BodyBytesMax} bytes.",
            ["required"] = new JsonArray([.. Described.Where(field => field.IsRequired).Select(field => (JsonNode)field.Name)]),
            ["properties"] = properties,
        };
    }
}
