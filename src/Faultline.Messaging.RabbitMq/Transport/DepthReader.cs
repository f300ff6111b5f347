using System.Threading.Channels;
using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// How much stands in a service's queues. The broker tells over AMQP how much waits; what is delivered and not acknowledged only the consumers know, so they are asked. Messages on the move may be
/// counted twice, never not at all: what waits is read first, and an empty queue is believed when it was seen twice.
/// </summary>
internal sealed class DepthReader(Sender sender, Repair repair, BrokerConnector connector)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    /// <summary>Reads it.</summary>
    public async Task<QueueDepth> ReadAsync(string service, CancellationToken stop)
    {
        await using IChannel channel = await sender.OpenChannelAsync(stop);
        int partitions = await repair.FoundAsync(service, await sender.ConnectionAsync(stop), stop);
        AnswerEars answers = new(channel);
        await channel.BasicConsumeAsync(Names.DirectReplies, autoAck: true, answers, stop);
        long begun = connector.Time.GetTimestamp();
        bool wasEmpty = false;
        while (connector.Time.GetElapsedTime(begun) < Limit)
        {
            if (await TryReadAsync(channel, answers, service, partitions, stop) is not { } depth) continue;
            if (depth.Messages > 0 || wasEmpty) return depth;

            wasEmpty = true;
        }

        throw new TransportException($"a consumer of '{service}' has messages in hand and does not say how many: it is stopped, or its connection is blocked");
    }

    // Null when a partition is read by somebody who did not answer.
    private async Task<QueueDepth?> TryReadAsync(IChannel channel, AnswerEars answers, string service, int partitions, CancellationToken stop)
    {
        long waiting = 0;
        HashSet<int> read = [];
        for (int partition = 0; partition < partitions; partition++)
        {
            QueueDeclareOk state = await channel.QueueDeclarePassiveAsync(Names.Queue(service, partition), stop);
            waiting += state.MessageCount;
            if (state.ConsumerCount > 0) read.Add(partition);
        }

        if (read.Count == 0) return new QueueDepth(waiting, TimeSpan.Zero);

        answers.Forget();
        BasicProperties question = new() { Type = MemberWords.Holdings, ReplyTo = Names.DirectReplies };
        await channel.BasicPublishAsync(Names.Members(service), "", mandatory: false, question, ReadOnlyMemory<byte>.Empty, stop);
        using CancellationTokenSource late = new(AnswerLimit, connector.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        long inHand = 0;
        long oldest = long.MaxValue;
        try
        {
            while (read.Count > 0)
            {
                HoldingsAnswer answer = await answers.Answers.ReadAsync(either.Token);
                read.ExceptWith(answer.Unsettled.Keys);
                inHand += answer.Unsettled.Values.Sum();
                if (answer.OldestTicks > 0) oldest = Math.Min(oldest, answer.OldestTicks);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return null; // It is read anew: perhaps the partition has changed hands.
        }

        long messages = waiting + inHand;
        return messages == 0 || oldest == long.MaxValue ? new QueueDepth(messages, TimeSpan.Zero) : new QueueDepth(messages, AgeOf(oldest));
    }

    // Clocks of two machines may differ: what is there is never younger than nothing.
    private TimeSpan AgeOf(long sentTicks)
    {
        TimeSpan age = connector.Time.GetUtcNow() - new DateTimeOffset(sentTicks, TimeSpan.Zero);
        return age > TimeSpan.Zero ? age : TimeSpan.FromTicks(1);
    }

    private sealed class AnswerEars(IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly Channel<HoldingsAnswer> _answers = System.Threading.Channels.Channel.CreateUnbounded<HoldingsAnswer>();

        public ChannelReader<HoldingsAnswer> Answers => _answers.Reader;

        public void Forget()
        {
            while (_answers.Reader.TryRead(out HoldingsAnswer? late)) _ = late;
        }

        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            if (MemberWords.Read<HoldingsAnswer>(body.Span, out _) is { } answer) _answers.Writer.TryWrite(answer);
            return Task.CompletedTask;
        }
    }
}
