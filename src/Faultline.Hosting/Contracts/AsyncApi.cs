using System.Text.Json.Nodes;
using Faultline.Messaging.Contracts;
using Faultline.Messaging.Topology;

namespace Faultline.Hosting.Contracts;

/// <summary>The AsyncAPI 3.0 document of one service: what it sends and receives, over which channels, with which bodies.</summary>
/// <remarks>A channel carries one message type of one publisher and is called the same in every document, so that those of a system join into one picture.</remarks>
internal sealed class AsyncApi(SystemTopology topology, DeclaredMessages messages, IReadOnlyList<TransportContract> transports)
{
    private const string Version = "3.0.0";

    /// <summary>Writes the document of a service.</summary>
    public JsonObject Of(string service)
    {
        ServiceTopology declared = topology.Services.First(other => other.Service == service);
        (string Publisher, string Type)[] sent = [.. declared.Publishes.Select(contract => (service, contract.Type)).Distinct()];
        (string Publisher, string Type)[] received = [.. topology.Routes.Where(route => route.Consumer == service).Select(route => (route.Publisher, route.Type)).Distinct()];
        DeclaredMessage[] used =
        [
            .. messages.All.Where(message =>
                sent.Any(channel => channel.Type == message.Contract.Type && message.Publishers.Contains(channel.Publisher))
                || received.Any(channel => channel.Type == message.Contract.Type && message.Publishers.Contains(channel.Publisher))),
        ];
        var operations = new JsonObject();
        foreach ((string publisher, string type) in sent) operations[$"send-{type}"] = Operation("send", service, publisher, type);
        foreach ((string publisher, string type) in received) operations[$"receive-{type}-from-{ShortOf(publisher)}"] = Operation("receive", service, publisher, type);
        return new JsonObject
        {
            ["asyncapi"] = Version,
            ["id"] = $"urn:faultline:{service.Replace('/', ':')}",
            ["info"] = new JsonObject
            {
                ["title"] = service,
                ["version"] = "1.0.0",
                ["description"] = "Made from the service's declarations; messages carry versions of their own.",
            },
            ["defaultContentType"] = "application/json",
            ["servers"] = ObjectOf(transports, transport => (transport.Name, transport.Server())),
            ["channels"] = ObjectOf([.. sent.Concat(received).Distinct().Order()], channel => (IdOf(channel.Publisher, channel.Type), Channel(channel.Publisher, channel.Type))),
            ["operations"] = operations,
            ["components"] = new JsonObject
            {
                ["messages"] = ObjectOf(used, message => (message.Name, Message(message))),
                ["schemas"] = new JsonObject { ["envelope"] = EnvelopeSchema.Of(transports) },
            },
        };
    }

    private JsonObject Channel(string publisher, string type)
    {
        var channel = new JsonObject
        {
            ["address"] = type,
            ["title"] = $"{type} of {publisher}",
            ["messages"] = ObjectOf([.. Published(publisher, type)], message => (message.Name, Reference($"#/components/messages/{message.Name}"))),
            ["bindings"] = ObjectOf(transports, transport => (transport.Key, transport.Channel(publisher, type))),
        };
        if (topology.Kept.Contains((publisher, type))) channel["x-stream"] = topology.Stream!.Name;
        return channel;
    }

    private JsonObject Operation(string action, string service, string publisher, string type)
    {
        string channel = IdOf(publisher, type);
        bool receives = action == "receive";
        IEnumerable<DeclaredMessage> carried = Published(publisher, type).Where(message => !receives || message.Readers.Contains(service));
        var operation = new JsonObject
        {
            ["action"] = action,
            ["channel"] = Reference($"#/channels/{channel}"),
            ["summary"] = receives ? $"{service} handles {type} of {publisher}" : $"{service} publishes {type}",
            ["messages"] = new JsonArray([.. carried.Select(message => Reference($"#/channels/{channel}/messages/{message.Name}"))]),
            ["bindings"] = ObjectOf(transports, transport => (transport.Key, receives ? transport.Receive(service, topology.Partitions) : transport.Send())),
        };
        if (receives) operation["x-reads-versions"] = new JsonArray([.. messages.VersionsRead(service, type).Select(version => (JsonNode)version)]);
        return operation;
    }

    private IEnumerable<DeclaredMessage> Published(string publisher, string type) => messages.All.Where(message => message.Contract.Type == type && message.Publishers.Contains(publisher));

    private static JsonObject Message(DeclaredMessage message) => new()
    {
        ["name"] = message.Contract.Type,
        ["title"] = $"{message.Contract.Type} version {message.Contract.Version}",
        ["contentType"] = "application/json",
        ["headers"] = Reference("#/components/schemas/envelope"),
        ["correlationId"] = new JsonObject { ["location"] = "$message.header#/correlationId" },
        ["payload"] = message.Schema.DeepClone(),
    };

    private static string IdOf(string publisher, string type) => $"{ShortOf(publisher)}-{type}";

    private static string ShortOf(string service) => service[(service.IndexOf('/') + 1)..];

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };

    private static JsonObject ObjectOf<T>(IEnumerable<T> items, Func<T, (string Name, JsonObject Value)> make)
    {
        var made = new JsonObject();
        foreach ((string name, JsonObject value) in items.Select(make)) made[name] = value;
        return made;
    }
}
