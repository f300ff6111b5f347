using System.Globalization;
using Faultline.Messaging.Topology;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>The stream of a system: a queue of the type <c>stream</c> that is bound to the exchanges of the publishers, so that the broker's confirm covers it too.</summary>
internal static class StreamDeclarer
{
    /// <summary>What a stream is declared with.</summary>
    public static IReadOnlyDictionary<string, object?> ArgumentsOf(StreamTopology stream) => new Dictionary<string, object?>
    {
        ["x-queue-type"] = "stream",
        ["x-max-age"] = string.Create(CultureInfo.InvariantCulture, $"{(long)stream.AgeMax.TotalSeconds}s"),
        ["x-max-length-bytes"] = stream.BytesMax,
        ["x-stream-max-segment-size-bytes"] = stream.PieceBytes,
    };

    /// <summary>Declares the stream and its bindings. Idempotent.</summary>
    public static async Task DeclareAsync(IChannel channel, SystemTopology topology, CancellationToken stop)
    {
        if (topology.Stream is not { } stream) return;

        await channel.QueueDeclareAsync(stream.Name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(ArgumentsOf(stream)), cancellationToken: stop);
        foreach ((string publisher, string type) in topology.Services.SelectMany(service => service.Publishes.Select(contract => (service.Service, contract.Type)).Distinct()))
        {
            if (stream.Keeps(type)) await channel.QueueBindAsync(stream.Name, Names.Exchange(publisher), Names.OfType(type), cancellationToken: stop);
            else await channel.QueueUnbindAsync(stream.Name, Names.Exchange(publisher), Names.OfType(type), cancellationToken: stop);
        }
    }
}
