using System.Threading.Channels;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Brokers;

/// <summary>The broker as one process sees it.</summary>
internal sealed class SimTransport(Broker broker, string owner, Wire wire, int sendsInFlight) : ITransport
{
    public string Name => "simulated";

    public TransportTraits Traits { get; } = new() { OrdersByKey = true, FlagsRedelivery = true, TemporaryQueues = true, SendsInFlight = sendsInFlight };

    public Task DeclareAsync(SystemTopology topology, CancellationToken stop) => CallAsync("declare", () => 0, stop);

    public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop) => await CallAsync($"send {batch.Count}", () => broker.Take(batch), stop);

    public async Task<ISubscription> SubscribeAsync(string service, string instance, int unsettledMax, CancellationToken stop)
    {
        Channel<SubscriptionEvent> events = Channel.CreateUnbounded<SubscriptionEvent>();
        var member = new Member(broker.World, owner, unsettledMax, happened => events.Writer.TryWrite(happened));
        SimQueue queue = broker.QueueOf(service);
        try
        {
            await CallAsync("subscribe", () =>
            {
                if (wire.IsCut) return 0;
                queue.Know(member);
                queue.Join(member);
                return 0;
            }, stop);
        }
        catch
        {
            // The place lives as long as its connection, and that broke.
            await LeaveAsync(queue, member);
            throw;
        }

        return new Subscription(this, queue, member, events);
    }

    public Task BroadcastAsync(string service, Envelope message, CancellationToken stop) => CallAsync("broadcast", () =>
    {
        broker.Broadcast(service, message);
        return 0;
    }, stop);

    public async Task<ITemporaryQueue> OpenTemporaryQueueAsync(string service, string instance, CancellationToken stop)
    {
        Channel<Envelope> messages = Channel.CreateUnbounded<Envelope>();
        await CallAsync("open temporary queue", () =>
        {
            broker.OpenTemporary(service, owner, message => messages.Writer.TryWrite(message));
            return 0;
        }, stop);
        return new TemporaryQueue(messages);
    }

    public Task<QueueDepth> DepthAsync(string service, CancellationToken stop) => CallAsync("depth", () => new QueueDepth(broker.QueueOf(service).Depth, TimeSpan.Zero), stop);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> CallAsync<T>(string what, Func<T> serve, CancellationToken stop) => wire.CallAsync(what, () => Task.FromResult(serve()), problem => new TransportException(problem), stop);

    private sealed class Subscription(SimTransport transport, SimQueue queue, Member member, Channel<SubscriptionEvent> events) : ISubscription
    {
        public ChannelReader<SubscriptionEvent> Events => events.Reader;

        public Task AckAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop) => CallAsync($"ack {TagsOf(deliveries)}", () => queue.Ack(member, deliveries), stop);

        public Task RequeueAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop) => CallAsync($"requeue {TagsOf(deliveries)}", () => queue.Requeue(member, deliveries), stop);

        public Task ReleaseAsync(int partition, CancellationToken stop) => CallAsync($"release {partition}", () => queue.Release(member, partition), stop);

        private async Task CallAsync(string what, Action serve, CancellationToken stop)
        {
            try
            {
                await transport.CallAsync(what, () =>
                {
                    serve();
                    return 0;
                }, stop);
            }
            catch (TransportException)
            {
                // A call that breaks means that the connection did: everything held over it is lost, and comes again.
                transport.Reconnect(queue, member);
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await transport.LeaveAsync(queue, member);
            events.Writer.TryComplete();
        }
    }

    private static string TagsOf(IReadOnlyList<Delivery> deliveries) => string.Join(",", deliveries.Select(delivery => delivery.Tag));

    private void Reconnect(SimQueue queue, Member member)
    {
        broker.World.After(wire.Latency(), broker.World.Server, () => queue.Leave(member));
        broker.World.After(TimeSpan.FromMilliseconds(broker.World.Dice.Between(500, 2_000)), broker.World.Server, () =>
        {
            if (!wire.IsCut) queue.Join(member);
        });
    }

    private Task LeaveAsync(SimQueue queue, Member member) => wire.CallAsync("unsubscribe", () =>
    {
        member.IsGone = true;
        queue.Leave(member);
        return Task.FromResult(0);
    }, broken: null, CancellationToken.None);

    private sealed class TemporaryQueue(Channel<Envelope> messages) : ITemporaryQueue
    {
        public ChannelReader<Envelope> Messages => messages.Reader;

        public ValueTask DisposeAsync()
        {
            messages.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }
}
