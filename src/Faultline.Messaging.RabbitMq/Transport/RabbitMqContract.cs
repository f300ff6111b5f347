using System.Text.Json.Nodes;
using Faultline.Messaging.Contracts;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>How RabbitMQ carries what a system declares, in the words of AsyncAPI.</summary>
public static class RabbitMqContract
{
    private const string BindingVersion = "0.3.0";

    /// <summary>The contract.</summary>
    public static TransportContract Instance { get; } = new()
    {
        Name = "rabbitmq",
        Key = "amqp",
        Server = Server,
        Channel = Channel,
        Send = () => new JsonObject { ["deliveryMode"] = 2, ["mandatory"] = true, ["bindingVersion"] = BindingVersion },
        Receive = Receive,
        Fields = new Dictionary<string, string>
        {
            ["id"] = "property message_id",
            ["type"] = "property type",
            ["version"] = $"header {Wire.VersionHeader}",
            ["key"] = $"header {Wire.KeyHeader}",
            ["publisher"] = $"header {Wire.PublisherHeader}",
            ["correlationId"] = $"header {Wire.CorrelationHeader}",
            ["causationId"] = $"header {Wire.CausationHeader}",
            ["traceParent"] = $"header {Wire.TraceHeader}",
            ["time"] = $"header {Wire.TimeHeader}, in ticks of 100 ns since the year 1",
            ["digest"] = $"header {Wire.DigestHeader}",
            ["headers"] = $"header {Wire.AuthorHeaders}, a table",
        },
    };

    private static JsonObject Server() => new()
    {
        ["host"] = "{host}:{port}",
        ["protocol"] = "amqp",
        ["protocolVersion"] = "0.9.1",
        ["description"] = "RabbitMQ 3.10 or newer.",
        ["variables"] = new JsonObject
        {
            ["host"] = new JsonObject { ["default"] = "127.0.0.1" },
            ["port"] = new JsonObject { ["default"] = "5672" },
        },
    };

    private static JsonObject Channel(string publisher, string type) => new()
    {
        ["is"] = "routingKey",
        ["exchange"] = new JsonObject { ["name"] = Names.Exchange(publisher), ["type"] = ExchangeType.Topic, ["durable"] = true, ["autoDelete"] = false, ["vhost"] = "/" },
        ["bindingVersion"] = BindingVersion,
        ["x-routing-key"] = $"{{partitions}}.{{partition}}.{type}",
    };

    private static JsonObject Receive(string consumer, int partitions) => new()
    {
        ["ack"] = true,
        ["bindingVersion"] = BindingVersion,
        ["x-queues"] = new JsonObject { ["first"] = Names.Queue(consumer, 0), ["last"] = Names.Queue(consumer, partitions - 1), ["type"] = "quorum", ["singleActiveConsumer"] = true },
        ["x-entry-exchange"] = Names.Entry(consumer),
    };
}
