using System.Text;
using RabbitMQ.Client;

namespace Faultline.Bench.Throughput.Baseline;

/// <summary>The baseline's queue on RabbitMQ: one quorum queue, of which one consumer at a time gets messages. One queue keeps the order of all keys.</summary>
internal static class RabbitQueue
{
    public const string Name = "orders";

    public const string KeyHeader = "key";

    /// <summary>Connects; nothing recovers by itself, an error ends the run.</summary>
    public static Task<IConnection> ConnectAsync(string address, CancellationToken stop) =>
        new ConnectionFactory { Uri = new Uri(address), AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false }.CreateConnectionAsync(stop);

    /// <summary>Declares the queue; both sides do, whichever comes first.</summary>
    public static Task DeclareAsync(IChannel channel, CancellationToken stop) => channel.QueueDeclareAsync(
        Name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true }, cancellationToken: stop);

    /// <summary>The properties of a message.</summary>
    public static BasicProperties PropertiesOf(Guid messageId, string type, string key) =>
        new() { MessageId = messageId.ToString(), Type = type, Persistent = true, Headers = new Dictionary<string, object?> { [KeyHeader] = Encoding.UTF8.GetBytes(key) } };
}
