using System.Collections.Concurrent;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// Queues on RabbitMQ 3.10 or newer: a topic exchange for each publisher, a quorum queue with a single active consumer for each partition of each consumer. No plugin is needed.
/// </summary>
/// <remarks>
/// All sends share one connection that never consumes; each subscription and each temporary queue has one of its own that never publishes, so that a broker that is short of memory can still be emptied.
/// Acknowledgements are not confirmed by the broker: those that a breaking connection swallows lead to a redelivery.
/// </remarks>
public sealed class RabbitMqTransport : ITransport, IEventStreams
{
    private readonly BrokerConnector _connector;
    private readonly TopologyDeclarer _declarer;
    private readonly Repair _repair;
    private readonly Sender _sender;
    private readonly DepthReader _depth;
    private readonly ConcurrentDictionary<IAsyncDisposable, Task> _open = [];
    private int _disposed;

    private RabbitMqTransport(BrokerConnector connector)
    {
        _connector = connector;
        _declarer = new TopologyDeclarer(connector);
        _repair = new Repair(_declarer, new PartitionCounts(), connector);
        _sender = new Sender(connector);
        _depth = new DepthReader(_sender, _repair, connector);
    }

    /// <inheritdoc/>
    public string Name => "rabbitmq";

    /// <inheritdoc/>
    public TransportTraits Traits { get; } = new() { OrdersByKey = true, FlagsRedelivery = true, TemporaryQueues = true, Streams = true, SendsInFlight = 4 };

    /// <summary>Connects, and checks that the broker can do what is needed.</summary>
    /// <param name="broker">As <c>amqp://user:password@host:5672/vhost</c>; <c>amqps</c> for TLS.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to tell.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="options">Times and sizes; the defaults when null.</param>
    /// <exception cref="ArgumentException">The address or an option does not fit; all problems are named.</exception>
    /// <exception cref="InvalidOperationException">The broker is too old, or no RabbitMQ.</exception>
    /// <exception cref="TransportException">The broker was not reached, or did not let us in.</exception>
    public static async Task<RabbitMqTransport> ConnectAsync(string broker, TimeProvider time, ILogger log, CancellationToken stop, RabbitMqTransportOptions? options = null)
    {
        options ??= new RabbitMqTransportOptions();
        List<string> problems = [.. options.Problems()];
        // The text itself is not repeated: it may hold a password.
        if (!Uri.TryCreate(broker, UriKind.Absolute, out Uri? address) || address.Scheme is not ("amqp" or "amqps")) problems.Add("the broker's address must be like amqp://user:password@127.0.0.1:5672/vhost");
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));

        BrokerConnector connector = new(address!, options, time, log);
        return await TransportFailures.TranslateAsync("connecting", async () =>
        {
            await connector.CheckAsync(stop);
            return new RabbitMqTransport(connector);
        }, stop);
    }

    /// <inheritdoc/>
    public Task DeclareAsync(SystemTopology topology, CancellationToken stop) => TransportFailures.TranslateAsync("declaring", async () =>
    {
        await _declarer.DeclareAsync(topology, stop);
        _repair.Learn(topology);
        _sender.Learn(topology.Services.Select(service => service.Service), topology.Partitions);
        return true;
    }, stop);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (batch.Count == 0) throw new ArgumentException("a batch holds at least one message", nameof(batch));

        return TransportFailures.TranslateAsync($"sending {batch.Count} messages", () => _sender.SendAsync(batch, stop), stop);
    }

    /// <inheritdoc/>
    public Task<ISubscription> SubscribeAsync(string service, string instance, int unsettledMax, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(unsettledMax, 1);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TransportFailures.TranslateAsync<ISubscription>("subscribing", async () =>
        {
            RabbitSubscription subscription = await RabbitSubscription.StartAsync(_connector, _sender, _repair, new QueueConsumer(service, instance, unsettledMax), stop);
            Keep(subscription, subscription.Closed);
            return subscription;
        }, stop);
    }

    /// <inheritdoc/>
    public Task BroadcastAsync(string service, Envelope message, CancellationToken stop)
    {
        if (Wire.Refusal(message) is { } refusal) throw new ArgumentException(refusal, nameof(message));

        return TransportFailures.TranslateAsync("broadcasting", async () =>
        {
            await _sender.EnsureFanoutAsync(Names.Broadcast(service), stop);
            return await _sender.SendAsync(new Outgoing(Names.Broadcast(service), "", Mandatory: false, Wire.PropertiesOf(message, _connector.Time.GetUtcNow()), message.Body), stop);
        }, stop);
    }

    /// <inheritdoc/>
    public Task<ITemporaryQueue> OpenTemporaryQueueAsync(string service, string instance, CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TransportFailures.TranslateAsync<ITemporaryQueue>("opening a temporary queue", async () =>
        {
            RabbitTemporaryQueue queue = await RabbitTemporaryQueue.StartAsync(_connector, service, instance, stop);
            Keep(queue, queue.Closed);
            return queue;
        }, stop);
    }

    /// <inheritdoc/>
    /// <remarks>The age is known while somebody consumes, and zero otherwise: over AMQP nobody else can look at a message without taking it.</remarks>
    public Task<QueueDepth> DepthAsync(string service, CancellationToken stop) => TransportFailures.TranslateAsync("reading the depth", () => _depth.ReadAsync(service, stop), stop);

    /// <inheritdoc/>
    public Task<IStreamReader> OpenStreamAsync(string stream, StreamStart start, CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return TransportFailures.TranslateAsync<IStreamReader>("opening a stream", async () => await RabbitStreamReader.OpenAsync(_connector, stream, start, stop), stop);
    }

    /// <summary>Ends all subscriptions and temporary queues that are still open; nothing of them stays at the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;

        await Task.WhenAll(_open.Keys.Select(open => open.DisposeAsync().AsTask()));
        await _sender.DisposeAsync();
    }

    private void Keep(IAsyncDisposable open, Task closed)
    {
        foreach ((IAsyncDisposable ended, Task _) in _open.Where(entry => entry.Value.IsCompleted)) _open.TryRemove(ended, out Task? _);
        _open[open] = closed;
    }
}
