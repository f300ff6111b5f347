using System.Threading.Channels;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>A place among the consumers of a queue. When its connection ends, however that comes, all partitions are lost and it joins anew as another member.</summary>
internal sealed class RabbitSubscription : ISubscription
{
    private static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(50);

    private readonly BrokerConnector _connector;
    private readonly Sender _sender;
    private readonly Repair _repair;
    private readonly QueueConsumer _consumer;
    private readonly Channel<SubscriptionEvent> _events = Channel.CreateUnbounded<SubscriptionEvent>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private volatile SubscriptionSession? _session;
    private int _disposed;

    private RabbitSubscription(BrokerConnector connector, Sender sender, Repair repair, QueueConsumer consumer) => (_connector, _sender, _repair, _consumer) = (connector, sender, repair, consumer);

    /// <inheritdoc/>
    public ChannelReader<SubscriptionEvent> Events => _events.Reader;

    /// <summary>Completes when the subscription has ended.</summary>
    public Task Closed => _running;

    /// <summary>Joins, and starts the loop.</summary>
    public static async Task<RabbitSubscription> StartAsync(BrokerConnector connector, Sender sender, Repair repair, QueueConsumer consumer, CancellationToken stop)
    {
        RabbitSubscription subscription = new(connector, sender, repair, consumer);
        SubscriptionSession first = await subscription.JoinAsync(stop);
        subscription._running = Task.Run(() => subscription.RunAsync(first), CancellationToken.None);
        return subscription;
    }

    /// <inheritdoc/>
    public Task AckAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
    {
        if (deliveries.Count == 0) return Task.CompletedTask;

        SubscriptionRequest.Ack request = new(deliveries);
        if (_session is not { } session || !session.TryAsk(request)) throw NotReached();
        return request.Done.Task.WaitAsync(stop);
    }

    /// <inheritdoc/>
    public Task RequeueAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop) =>
        deliveries.Count == 0 ? Task.CompletedTask : AskAsync(new SubscriptionRequest.Requeue(deliveries), stop);

    /// <inheritdoc/>
    public Task ReleaseAsync(int partition, CancellationToken stop) => AskAsync(new SubscriptionRequest.Release(partition), stop);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) await _stopping.CancelAsync();
        await _running;
    }

    /// <summary>Ends a request that no session will fulfil.</summary>
    public static void Fail(SubscriptionRequest request)
    {
        if (request is SubscriptionRequest.Ack) request.Done.TrySetException(NotReached());
        else request.Done.TrySetResult();
    }

    // When there is no session, what is in hand is lost and will be delivered again: there is nothing to give back.
    private Task AskAsync(SubscriptionRequest request, CancellationToken stop) =>
        _session is { } session && session.TryAsk(request) ? request.Done.Task.WaitAsync(stop) : Task.CompletedTask;

    private async Task RunAsync(SubscriptionSession? session)
    {
        TimeSpan delay = ReconnectDelayMin;
        while (true)
        {
            string why = "it was stopped";
            try
            {
                session ??= await JoinAsync(_stopping.Token);
                delay = ReconnectDelayMin;
                await session.ServeAsync(_stopping.Token);
            }
            catch (Exception error)
            {
                // The loop's edge: whatever ended the session, the next one begins from the broker's state.
                why = TransportFailures.Describe(error);
            }

            if (session is not null) await EndAsync(session);
            session = null;
            if (_stopping.IsCancellationRequested) break;

            RabbitLog.SessionLost(_connector.Log, _consumer.Instance, _consumer.Service, why);
            await Task.Delay(delay, _connector.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = delay * 2 < _connector.Options.ReconnectDelayMax ? delay * 2 : _connector.Options.ReconnectDelayMax;
        }

        _events.Writer.TryComplete();
    }

    private async Task<SubscriptionSession> JoinAsync(CancellationToken stop)
    {
        SubscriptionSession session = await SubscriptionSession.OpenAsync(_connector, _sender, _repair, _consumer, _events.Writer, stop);
        _session = session;
        return session;
    }

    private async Task EndAsync(SubscriptionSession session)
    {
        _session = null;
        if (_stopping.IsCancellationRequested) await LeaveAsync(session);
        else session.LoseAll();
        await session.DisposeAsync();
    }

    private async Task LeaveAsync(SubscriptionSession session)
    {
        try
        {
            await session.LeaveAsync();
        }
        catch (Exception error) when (TransportFailures.IsBroker(error) || error is OperationCanceledException or TransportException)
        {
            RabbitLog.CloseFailed(_connector.Log, TransportFailures.Describe(error)); // The broker gives everything back when the connection ends.
        }
    }

    private static TransportException NotReached() => new("the broker was not reached: these deliveries are not acknowledged and will be delivered again");
}
