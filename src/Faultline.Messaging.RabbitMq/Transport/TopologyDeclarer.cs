using System.Text;
using Faultline.Messaging.Topology;
using Faultline.Protocol.Ledger;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Exchanges, queues and bindings of a system. Each step is idempotent, so several may declare at once.</summary>
internal sealed class TopologyDeclarer(BrokerConnector connector)
{
    /// <summary>The broker drops a message that was delivered more often than its limit (20 by default from 4.0 on). Counting is our task, so the limit is one that is never reached.</summary>
    private const int DeliveryLimit = 1_000_000_000;

    /// <summary>What the queue of a partition is declared with.</summary>
    public static IReadOnlyDictionary<string, object?> QueueArguments { get; } =
        new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true, ["x-delivery-limit"] = DeliveryLimit };

    /// <summary>What the queue of a baton is declared with.</summary>
    public static IReadOnlyDictionary<string, object?> OwnerArguments { get; } = new Dictionary<string, object?> { ["x-single-active-consumer"] = true, ["x-max-length"] = 1 };

    private const int ChannelsAtOnce = 4;
    private const int Tries = 3;

    /// <summary>Declares a system. Where queues are new, it returns when the broker has written down that it has them.</summary>
    /// <param name="topology">The system.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="broken">A service of which a queue was deleted, so that one is new; null when that is not known of any.</param>
    public async Task DeclareAsync(SystemTopology topology, CancellationToken stop, string? broken = null)
    {
        Refuse(topology);
        IConnection connection = await connector.ConnectAsync("declare", stop);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    await DeclareAsync(connection, topology, broken, stop);
                    return;
                }
                catch (OperationInterruptedException error) when (TransportFailures.CodeOf(error) == TransportFailures.OtherArguments)
                {
                    throw new InvalidOperationException(Explain(error), error);
                }
                catch (OperationInterruptedException) when (attempt < Tries && connection.IsOpen)
                {
                    // Another process declares the same queue at the same moment, and the broker is between two steps: everything is idempotent, once more.
                    continue;
                }
            }
        }
        finally
        {
            await connector.CloseAsync(connection);
        }
    }

    private async Task DeclareAsync(IConnection connection, SystemTopology topology, string? broken, CancellationToken stop)
    {
        await using (IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop))
        {
            foreach (ServiceTopology service in topology.Services) await DeclareExchangesAsync(channel, service.Service, topology.Partitions, stop);
            await BindRoutesAsync(channel, topology, stop);
        }

        List<string> young = [];
        string[] consumers = [.. topology.Services.Where(service => service.Consumes.Count > 0).Select(service => service.Service)];
        foreach (string service in consumers)
        {
            if (service == broken || !await IsSettledAsync(connection, service, topology.Partitions, stop)) young.Add(service);
        }

        await ForEachQueueAsync(connection, consumers, topology.Partitions, async (channel, service, partition, token) =>
        {
            await DeclareQueueAsync(channel, service, partition, token);
            if (!young.Contains(service)) await BindQueueAsync(channel, service, partition, topology.Partitions, token);
        }, stop);
        if (young.Count > 0) await SettleAsync(connection, young, topology.Partitions, stop);
        // Last: while only the stream took a message, the broker would confirm it although a queue still misses it.
        await using IChannel streams = await connection.CreateChannelAsync(cancellationToken: stop);
        await StreamDeclarer.DeclareAsync(streams, topology, stop);
    }

    private static async Task<bool> IsSettledAsync(IConnection connection, string service, int partitions, CancellationToken stop)
    {
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await channel.ExchangeDeclarePassiveAsync(Names.Settled(service, partitions), stop);
            await channel.QueueDeclarePassiveAsync(Names.Queue(service, 0), stop);
            return true;
        }
        catch (Exception error) when (TransportFailures.CodeOf(error) == TransportFailures.NotFound)
        {
            return false;
        }
    }

    // RabbitMQ has on disk what it confirms, but writes late into its list of quorum queues that it has the queue at all. Killed in between, it starts that queue anew, empty, and what it confirmed
    // is gone. Nothing leads into a new queue before that time has passed; the last step tells other processes that it has.
    private async Task SettleAsync(IConnection connection, IReadOnlyList<string> services, int partitions, CancellationToken stop)
    {
        RabbitLog.Settling(connector.Log, string.Join(", ", services), connector.Options.SettleTime.TotalSeconds);
        await Task.Delay(connector.Options.SettleTime, connector.Time, stop);
        await ForEachQueueAsync(connection, services, partitions, (channel, service, partition, token) => BindQueueAsync(channel, service, partition, partitions, token), stop);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        foreach (string service in services) await channel.ExchangeDeclareAsync(Names.Settled(service, partitions), ExchangeType.Fanout, durable: true, cancellationToken: stop);
    }

    private static Task ForEachQueueAsync(IConnection connection, IReadOnlyList<string> services, int partitions, Func<IChannel, string, int, CancellationToken, Task> step, CancellationToken stop)
    {
        (string Service, int Partition)[] queues = [.. services.SelectMany(service => Enumerable.Range(0, partitions).Select(partition => (service, partition)))];
        return Parallel.ForEachAsync(queues.Chunk((queues.Length / ChannelsAtOnce) + 1), new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = ChannelsAtOnce }, async (part, token) =>
        {
            await using IChannel channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), token);
            foreach ((string service, int partition) in part) await step(channel, service, partition, token);
        });
    }

    private static async Task DeclareExchangesAsync(IChannel channel, string service, int partitions, CancellationToken stop)
    {
        await channel.ExchangeDeclareAsync(Names.Exchange(service), ExchangeType.Topic, durable: true, cancellationToken: stop);
        Dictionary<string, object?> layout = new() { ["alternate-exchange"] = Names.Layout(service, partitions) };
        await channel.ExchangeDeclareAsync(Names.Entry(service), ExchangeType.Topic, durable: true, arguments: layout, cancellationToken: stop);
        await channel.ExchangeDeclareAsync(Names.Members(service), ExchangeType.Fanout, durable: true, cancellationToken: stop);
        await channel.ExchangeDeclareAsync(Names.Broadcast(service), ExchangeType.Fanout, durable: true, cancellationToken: stop);
    }

    // A binding counts only while its publisher publishes the type: for each such type every consumer is bound, or told apart.
    private static async Task BindRoutesAsync(IChannel channel, SystemTopology topology, CancellationToken stop)
    {
        HashSet<Route> routes = [.. topology.Routes];
        foreach (ServiceTopology publisher in topology.Services)
        {
            foreach (string type in publisher.Publishes.Select(contract => contract.Type).Distinct())
            {
                foreach (string consumer in topology.Services.Select(service => service.Service))
                {
                    (string to, string from, string key) = (Names.Entry(consumer), Names.Exchange(publisher.Service), Names.OfType(type));
                    if (routes.Contains(new Route(publisher.Service, type, consumer))) await channel.ExchangeBindAsync(to, from, key, cancellationToken: stop);
                    else await channel.ExchangeUnbindAsync(to, from, key, cancellationToken: stop);
                }
            }
        }
    }

    private static async Task DeclareQueueAsync(IChannel channel, string service, int partition, CancellationToken stop)
    {
        string queue = Names.Queue(service, partition);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(QueueArguments), cancellationToken: stop);
        await DeclareOwnerAsync(channel, service, partition, stop);
    }

    private static Task BindQueueAsync(IChannel channel, string service, int partition, int partitions, CancellationToken stop) =>
        channel.QueueBindAsync(Names.Queue(service, partition), Names.Entry(service), Names.OfPartition(partitions, partition), cancellationToken: stop);

    /// <summary>The queue of the baton, and the baton in it when there is none: neither there, nor in the hand of a consumer.</summary>
    private static async Task DeclareOwnerAsync(IChannel channel, string service, int partition, CancellationToken stop)
    {
        string owner = Names.Owner(service, partition);
        QueueDeclareOk state = await channel.QueueDeclareAsync(owner, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(OwnerArguments), cancellationToken: stop);
        if (state.MessageCount > 0 || state.ConsumerCount > 0) return;

        // Two that do this at once put two batons there: one more than the queue holds, and one consumer at a time gets one at a time. It is confirmed: then it survives the broker.
        await channel.BasicPublishAsync("", owner, mandatory: false, Baton.Properties(id: ""), Baton.Empty, stop);
    }

    private static void Refuse(SystemTopology topology)
    {
        if (topology.Partitions is < 1 or > 256) throw new ArgumentException($"a queue has {topology.Partitions} partitions; it must have 1 to 256", nameof(topology));

        foreach (ServiceTopology service in topology.Services)
        {
            if (service.Service.StartsWith("amq.", StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(service.Service) > 200)
            {
                throw new ArgumentException($"'{service.Service}' cannot be the name of an exchange; RabbitMQ keeps names that begin with 'amq.' for itself, and a service's name may have 200 bytes", nameof(topology));
            }

            string? wild = service.Publishes.Concat(service.Consumes).Select(contract => contract.Type).FirstOrDefault(type => type.AsSpan().ContainsAny('*', '#') || Encoding.UTF8.GetByteCount(type) > 240);
            if (wild is not null) throw new ArgumentException($"message type '{wild}' cannot be routed by RabbitMQ; it must have no '*' and no '#', and at most 240 bytes", nameof(topology));
        }
    }

    private static string Explain(OperationInterruptedException error)
    {
        string said = error.ShutdownReason?.ReplyText ?? error.Message;
        return said.Contains("alternate-exchange", StringComparison.Ordinal)
            ? $"a service's queues exist with another number of partitions ({said}); let them run empty and delete the service's exchange '.in' and its queues '.p0' and so on, or declare the number that they have"
            : $"an exchange or queue exists with other arguments than Faultline declares ({said}); let it run empty and delete it, or give Faultline a virtual host of its own";
    }
}
