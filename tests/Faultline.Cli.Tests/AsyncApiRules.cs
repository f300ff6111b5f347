using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Faultline.Cli.Tests;

/// <summary>What AsyncAPI 3.0 requires of the parts that the product writes, and that every reference leads somewhere.</summary>
internal static partial class AsyncApiRules
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["root"] = ["asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"],
        ["info"] = ["title", "version", "description", "termsOfService", "contact", "license", "tags", "externalDocs"],
        ["server"] = ["host", "protocol", "protocolVersion", "pathname", "description", "title", "summary", "variables", "security", "tags", "externalDocs", "bindings"],
        ["channel"] = ["address", "messages", "title", "summary", "description", "servers", "parameters", "tags", "externalDocs", "bindings"],
        ["operation"] = ["action", "channel", "title", "summary", "description", "security", "tags", "externalDocs", "bindings", "traits", "messages", "reply"],
        ["message"] = ["headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description", "tags", "externalDocs", "bindings", "examples", "traits"],
        ["components"] = ["schemas", "servers", "channels", "operations", "messages", "securitySchemes", "serverVariables", "parameters", "correlationIds", "replies", "replyAddresses", "externalDocs", "tags"],
        ["amqp channel"] = ["is", "exchange", "queue", "bindingVersion"],
        ["amqp operation"] = ["expiration", "userId", "cc", "priority", "deliveryMode", "mandatory", "bcc", "timestamp", "ack", "bindingVersion"],
    };

    public static IReadOnlyList<string> Problems(JsonObject document) => [.. Root(document), .. Servers(document), .. Channels(document), .. Operations(document), .. Components(document), .. References(document, document)];

    private static IEnumerable<string> Root(JsonObject document)
    {
        foreach (string problem in Unknown("root", document)) yield return problem;
        if (Text(document["asyncapi"]) != "3.0.0") yield return "asyncapi is not 3.0.0";
        if (document["info"] is not JsonObject info)
        {
            yield return "info is missing";
            yield break;
        }

        foreach (string problem in Unknown("info", info).Concat(Missing("info", info, "title", "version"))) yield return problem;
        if (!Uri.TryCreate(Text(document["id"]), UriKind.Absolute, out _)) yield return "id is no URI";
    }

    private static IEnumerable<string> Servers(JsonObject document)
    {
        foreach ((string name, JsonObject server) in Entries(document, "servers"))
        {
            foreach (string problem in Unknown("server", server).Concat(Missing($"server {name}", server, "host", "protocol"))) yield return problem;
            foreach (Match variable in Variable().Matches(Text(server["host"]) + Text(server["pathname"])))
            {
                if (server["variables"]?[variable.Groups["name"].Value] is null) yield return $"server {name} does not explain {variable.Value}";
            }
        }
    }

    private static IEnumerable<string> Channels(JsonObject document)
    {
        foreach ((string name, JsonObject channel) in Entries(document, "channels"))
        {
            foreach (string problem in Unknown("channel", channel).Concat(Missing($"channel {name}", channel, "address", "messages"))) yield return problem;
            if (channel["messages"] is not JsonObject { Count: > 0 }) yield return $"channel {name} carries nothing";
            if (channel["bindings"]?["amqp"] is JsonObject amqp)
            {
                foreach (string problem in Unknown("amqp channel", amqp)) yield return problem;
                if (Text(amqp["is"]) is not ("queue" or "routingKey")) yield return $"channel {name}: amqp.is must be queue or routingKey";
                if (Text(amqp["exchange"]?["type"]) is not ("topic" or "direct" or "fanout" or "default" or "headers")) yield return $"channel {name}: no such type of exchange";
            }
        }
    }

    private static IEnumerable<string> Operations(JsonObject document)
    {
        foreach ((string name, JsonObject operation) in Entries(document, "operations"))
        {
            foreach (string problem in Unknown("operation", operation).Concat(Missing($"operation {name}", operation, "action", "channel"))) yield return problem;
            if (Text(operation["action"]) is not ("send" or "receive")) yield return $"operation {name}: action must be send or receive";
            string channel = Text(operation["channel"]?["$ref"]);
            if (!channel.StartsWith("#/channels/", StringComparison.Ordinal)) yield return $"operation {name} must refer to a channel of the document";
            foreach (JsonNode? message in operation["messages"] as JsonArray ?? [])
            {
                if (!Text(message?["$ref"]).StartsWith(channel + "/messages/", StringComparison.Ordinal)) yield return $"operation {name}: its messages must be those of its channel";
            }

            if (operation["messages"] is JsonArray { Count: 0 }) yield return $"operation {name} has no message";
            if (operation["bindings"]?["amqp"] is JsonObject amqp) foreach (string problem in Unknown("amqp operation", amqp)) yield return problem;
        }
    }

    private static IEnumerable<string> Components(JsonObject document)
    {
        if (document["components"] is not JsonObject components) yield break;
        foreach (string problem in Unknown("components", components)) yield return problem;
        foreach ((string group, JsonNode? parts) in components)
        {
            foreach ((string name, _) in parts!.AsObject())
            {
                if (!Key().IsMatch(name)) yield return $"components.{group}: '{name}' is no name";
            }
        }

        foreach ((string name, JsonObject message) in Entries(components, "messages"))
        {
            foreach (string problem in Unknown("message", message).Concat(Missing($"message {name}", message, "payload"))) yield return problem;
            if (!Text(message["correlationId"]?["location"]).StartsWith("$message.", StringComparison.Ordinal)) yield return $"message {name}: the location of the correlation id is no runtime expression";
        }
    }

    private static IEnumerable<string> References(JsonObject document, JsonNode? node)
    {
        if (node is JsonArray items) return items.SelectMany(item => References(document, item));
        if (node is not JsonObject members) return [];
        string target = Text(members["$ref"]);
        IEnumerable<string> own = target.StartsWith("#/", StringComparison.Ordinal) && Resolve(document, target) is null ? [$"{target} leads nowhere"] : [];
        return own.Concat(members.Where(member => member.Key is not ("payload" or "schemas")).SelectMany(member => References(document, member.Value)));
    }

    private static JsonNode? Resolve(JsonObject document, string reference)
    {
        JsonNode? node = document;
        foreach (string part in reference[2..].Split('/')) node = (node as JsonObject)?[part];
        return node;
    }

    private static IEnumerable<(string Name, JsonObject Value)> Entries(JsonObject parent, string group) => parent[group] is JsonObject entries ? entries.Select(entry => (entry.Key, entry.Value!.AsObject())) : [];

    private static IEnumerable<string> Unknown(string kind, JsonObject part) =>
        part.Select(member => member.Key).Where(key => !key.StartsWith("x-", StringComparison.Ordinal) && !Allowed[kind].Contains(key)).Select(key => $"'{key}' is not a part of: {kind}");

    private static IEnumerable<string> Missing(string what, JsonObject part, params string[] names) => names.Where(name => part[name] is null).Select(name => $"{what} has no {name}");

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[a-zA-Z0-9._-]+$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Key();
}
