using System.Text.Json.Nodes;
using Faultline.Messaging.Contracts;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>How the queue on PostgreSQL carries what a system declares, in the words of AsyncAPI; it has no binding there, so it is an extension.</summary>
public static class PostgreSqlContract
{
    /// <summary>The contract.</summary>
    public static TransportContract Instance { get; } = new()
    {
        Name = "postgresql",
        Key = "x-faultline-postgresql",
        Server = Server,
        Channel = (publisher, type) => new JsonObject { ["table"] = "faultline_queue.binding", ["exchange"] = publisher, ["type"] = type },
        Send = () => new JsonObject { ["table"] = "faultline_queue.message" },
        Receive = (consumer, partitions) => new JsonObject { ["table"] = "faultline_queue.message", ["queue"] = consumer, ["partitions"] = partitions },
        Fields = new Dictionary<string, string>
        {
            ["id"] = "column message_id",
            ["type"] = "column type",
            ["version"] = "column version",
            ["key"] = "column key",
            ["publisher"] = "column publisher",
            ["correlationId"] = "column correlation_id",
            ["causationId"] = "column causation_id",
            ["traceParent"] = "column trace_parent",
            ["time"] = "column sent_at",
            ["digest"] = "column digest",
            ["headers"] = "column headers, as JSON",
        },
    };

    private static JsonObject Server() => new()
    {
        ["host"] = "{host}:{port}",
        ["protocol"] = "postgresql",
        ["pathname"] = "/{database}",
        ["description"] = "PostgreSQL 14 or newer; queues are tables of the schema faultline_queue.",
        ["variables"] = new JsonObject
        {
            ["host"] = new JsonObject { ["default"] = "127.0.0.1" },
            ["port"] = new JsonObject { ["default"] = "5432" },
            ["database"] = new JsonObject { ["default"] = "queue" },
        },
    };
}
