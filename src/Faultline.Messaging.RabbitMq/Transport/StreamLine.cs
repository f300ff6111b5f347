using System.Globalization;
using System.Threading.Channels;
using Faultline.Messaging.Streams;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>One consumer of a stream on a connection of its own. The broker sends a bounded number ahead; what is taken from here is acknowledged, which only lets the broker send more.</summary>
internal sealed class StreamLine : AsyncDefaultBasicConsumer
{
    private const ushort Ahead = 500;
    private const string OffsetHeader = "x-stream-offset";

    private readonly Channel<(ulong Tag, StreamEvent Event)> _arrived = System.Threading.Channels.Channel.CreateUnbounded<(ulong Tag, StreamEvent Event)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IChannel _channel;
    private ulong _heard;

    private StreamLine(IChannel channel)
        : base(channel) => _channel = channel;

    /// <summary>Begins to consume.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="stream">The queue.</param>
    /// <param name="offset">A number, or one of the broker's words.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task<StreamLine> OpenAsync(IConnection connection, string stream, object offset, CancellationToken stop)
    {
        IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await channel.BasicQosAsync(0, Ahead, global: false, stop);
        StreamLine line = new(channel);
        await channel.BasicConsumeAsync(stream, autoAck: false, consumerTag: "", noLocal: false, exclusive: false, new Dictionary<string, object?> { [OffsetHeader] = offset }, line, stop);
        return line;
    }

    /// <summary>Waits for events and returns all that have arrived.</summary>
    /// <exception cref="IOException">The line broke.</exception>
    public async Task<List<StreamEvent>> ReadAsync(CancellationToken stop)
    {
        if (!await _arrived.Reader.WaitToReadAsync(stop)) throw new IOException("the consumer of the stream ended");

        List<StreamEvent> events = [];
        ulong last = 0;
        while (events.Count < Ahead && _arrived.Reader.TryRead(out (ulong Tag, StreamEvent Event) arrived))
        {
            events.Add(arrived.Event);
            last = arrived.Tag;
        }

        await _channel.BasicAckAsync(last, multiple: true, stop);
        return events;
    }

    /// <summary>Ends the consumer, and leaves its connection.</summary>
    public async ValueTask CloseAsync() => await _channel.DisposeAsync();

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        if (deliveryTag != ++_heard)
        {
            // What came later must not be read as what follows.
            _arrived.Writer.TryComplete(new IOException($"delivery {_heard} of the stream never arrived and delivery {deliveryTag} did: the connection has lost bytes"));
            return Task.CompletedTask;
        }

        Arrival arrival = Wire.Read(properties, redelivered, body);
        long offset = properties.Headers?.TryGetValue(OffsetHeader, out object? value) == true ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : -1;
        _arrived.Writer.TryWrite((deliveryTag, new StreamEvent(offset, arrival.Message, arrival.Malformed)));
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _arrived.Writer.TryComplete(new IOException("the stream was deleted"));
        return Task.CompletedTask;
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        _arrived.Writer.TryComplete(new IOException(TransportFailures.Describe(reason)));
        return Task.CompletedTask;
    }
}
