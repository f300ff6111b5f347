using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>What the broker says on one channel, as happenings for the loop. Does nothing else: the client library waits for it.</summary>
internal abstract class Ears(IChannel channel, ChannelWriter<Happening> heard) : AsyncDefaultBasicConsumer(channel)
{
    /// <summary>The happening of a delivery; null for one that tells nothing.</summary>
    protected abstract Happening? Deliver(string consumer, ulong number, bool redelivered, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body);

    /// <summary>The happening of an end.</summary>
    protected abstract Happening End(string why);

    public sealed override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        if (Deliver(consumerTag, deliveryTag, redelivered, properties, body) is { } told) heard.TryWrite(told);
        return Task.CompletedTask;
    }

    public sealed override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        heard.TryWrite(End("its queue was deleted"));
        return Task.CompletedTask;
    }

    public sealed override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        heard.TryWrite(End(TransportFailures.Describe(reason)));
        return Task.CompletedTask;
    }
}

/// <summary>Hears the messages of one partition.</summary>
internal sealed class LaneEars(IChannel channel, ChannelWriter<Happening> heard, int partition, int generation) : Ears(channel, heard)
{
    protected override Happening Deliver(string consumer, ulong number, bool redelivered, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        new Happening.Arrived(partition, generation, number, Wire.Read(properties, redelivered, body));

    protected override Happening End(string why) => new Happening.LaneEnded(partition, generation, why);
}

/// <summary>Hears only that it may hear. The client library tells that in its turn, so everything that came on the channel before has been told.</summary>
internal sealed class FenceEars(IChannel channel, ChannelWriter<Happening> heard, Happening passed) : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        heard.TryWrite(passed);
        return base.HandleBasicConsumeOkAsync(consumerTag, cancellationToken);
    }
}

/// <summary>Hears the batons of all partitions.</summary>
internal sealed class BatonEars(IChannel channel, ChannelWriter<Happening> heard) : Ears(channel, heard)
{
    protected override Happening Deliver(string consumer, ulong number, bool redelivered, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        new Happening.BatonCame(consumer, number, properties.MessageId ?? "", Baton.Read(body.Span));

    protected override Happening End(string why) => new Happening.ConnectionEnded($"the batons cannot be heard: {why}");
}

/// <summary>Hears the other members.</summary>
internal sealed class MemberEars(IChannel channel, ChannelWriter<Happening> heard, Action<string> strange) : Ears(channel, heard)
{
    protected override Happening? Deliver(string consumer, ulong number, bool redelivered, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        if (properties.Type == MemberWords.Holdings && properties.ReplyTo is { } replyTo) return new Happening.HoldingsAsked(replyTo);

        if (properties.Type == MemberWords.State && MemberWords.Read<MemberState>(body.Span, out string? why) is { } state) return new Happening.MemberTold(state);
        else why = $"type '{properties.Type}'";

        strange(why);
        return null;
    }

    protected override Happening End(string why) => new Happening.ConnectionEnded($"the other members cannot be heard: {why}");
}
