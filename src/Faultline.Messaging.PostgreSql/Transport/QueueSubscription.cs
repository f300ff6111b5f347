using System.Threading.Channels;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// A place among the consumers of a queue. One loop owns everything: its session's connection, its partitions, what is in hand. Callers leave requests for it.
/// When the session ends, however that comes, all partitions are lost and the loop joins anew as another session.
/// </summary>
internal sealed class QueueSubscription : ISubscription
{
    private static readonly TimeSpan ReconnectDelayMin = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlDataSource _source;
    private readonly QueueConsumer _consumer;
    private readonly PostgreSqlTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<SubscriptionEvent> _events = Channel.CreateUnbounded<SubscriptionEvent>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly Channel<SubscriptionRequest> _requests = Channel.CreateUnbounded<SubscriptionRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private volatile bool _joined;
    private int _disposed;

    private QueueSubscription(NpgsqlDataSource source, QueueConsumer consumer, PostgreSqlTransportOptions options, TimeProvider time, ILogger log) =>
        (_source, _consumer, _options, _time, _log) = (source, consumer, options, time, log);

    /// <inheritdoc/>
    public ChannelReader<SubscriptionEvent> Events => _events.Reader;

    /// <summary>Completes when the subscription has ended.</summary>
    public Task Closed => _running;

    /// <summary>Joins, and starts the loop.</summary>
    public static async Task<QueueSubscription> StartAsync(
        NpgsqlDataSource source, QueueConsumer consumer, PostgreSqlTransportOptions options, TimeProvider time, ILogger log, CancellationToken stop)
    {
        QueueSubscription subscription = new(source, consumer, options, time, log);
        SubscriptionSession first = await subscription.JoinAsync(stop);
        subscription._running = Task.Run(() => subscription.RunAsync(first), CancellationToken.None);
        return subscription;
    }

    /// <inheritdoc/>
    public Task AckAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
    {
        if (deliveries.Count == 0) return Task.CompletedTask;
        if (!_joined) throw NotReached();

        SubscriptionRequest.Ack request = new(deliveries);
        if (!_requests.Writer.TryWrite(request)) throw NotReached();
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

    // When there is no session, what is in hand is lost and will be delivered again: there is nothing to give back.
    private Task AskAsync(SubscriptionRequest request, CancellationToken stop) =>
        _joined && _requests.Writer.TryWrite(request) ? request.Done.Task.WaitAsync(stop) : Task.CompletedTask;

    private async Task RunAsync(SubscriptionSession? session)
    {
        TimeSpan delay = ReconnectDelayMin;
        while (true)
        {
            string why = "its session was ended";
            try
            {
                session ??= await JoinAsync(_stopping.Token);
                delay = ReconnectDelayMin;
                await session.ServeAsync(_stopping.Token);
                if (_stopping.IsCancellationRequested) await session.LeaveAsync();
            }
            catch (Exception error)
            {
                // The loop's edge: whatever ended the session, the next one begins from the broker's state.
                why = TransportFailures.Describe(error);
            }

            _joined = false;
            if (session is not null) await EndAsync(session);
            session = null;
            if (_stopping.IsCancellationRequested) break;

            QueueLog.SessionLost(_log, _consumer.Instance, _consumer.Name, why);
            await Task.Delay(delay, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = Longer(delay);
        }

        _requests.Writer.TryComplete();
        FailRequests();
        _events.Writer.TryComplete();
    }

    private async Task<SubscriptionSession> JoinAsync(CancellationToken stop)
    {
        SubscriptionSession session = await SubscriptionSession.OpenAsync(_source, _consumer, _options, _time, _log, _events.Writer, _requests, stop);
        _joined = true;
        return session;
    }

    private async Task EndAsync(SubscriptionSession session)
    {
        if (!_stopping.IsCancellationRequested) session.LoseAll();
        session.FailRequests();
        FailRequests();
        await session.DisposeAsync();
    }

    private void FailRequests()
    {
        while (_requests.Reader.TryRead(out SubscriptionRequest? request)) Fail(request);
    }

    /// <summary>Ends a request that no session will fulfil.</summary>
    internal static void Fail(SubscriptionRequest request)
    {
        if (request is SubscriptionRequest.Ack) request.Done.TrySetException(NotReached());
        else request.Done.TrySetResult();
    }

    private TimeSpan Longer(TimeSpan delay) => delay * 2 < _options.ReconnectDelayMax ? delay * 2 : _options.ReconnectDelayMax;

    private static TransportException NotReached() => new("the broker was not reached: these deliveries are not acknowledged and will be delivered again");
}
