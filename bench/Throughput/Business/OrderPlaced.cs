using System.Text.Json.Serialization;
using Faultline.Messaging.Publishing;

namespace Faultline.Bench.Throughput.Business;

/// <summary>The message of the benchmark; 300 bytes as JSON.</summary>
/// <param name="OrderId">The order, which is also the identity of the message where a contender lets it choose.</param>
/// <param name="Customer">The ordering key.</param>
/// <param name="Number">Counts the orders of the customer, from 1, in the order of their commits.</param>
/// <param name="SentAt">Monotonic clock of the machine just before the transaction began.</param>
/// <param name="Note">Fills the message up.</param>
[Message(Type)]
internal sealed record OrderPlaced(Guid OrderId, string Customer, long Number, long SentAt, string Note) : IMessage
{
    /// <summary>The stable type name.</summary>
    public const string Type = "bench.order-placed";

    /// <summary>How long the JSON of each message is.</summary>
    public const int BodyBytes = 300;

    string? IMessage.Key => Customer;
}

/// <summary>JSON of the message without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class BusinessJson : JsonSerializerContext;
