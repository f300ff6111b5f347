using System.Threading.Channels;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>One session of a subscription, from joining to its end: a loop that renews, settles, reads and waits. Used by that loop alone.</summary>
internal sealed class SubscriptionSession : IAsyncDisposable
{
    // A crash of the server empties the unlogged tables: all claims are forgotten, so everything that is stored now may have been handed out before.
    private const string LearnOfCrash =
        """
        with first as (insert into faultline_queue.alive values (true) on conflict do nothing returning one)
        update faultline_queue.partition set suspect_until = (select last_value from faultline_queue.message_id_seq) where exists (select from first)
        """;

    /// <summary>How long a settlement may wait for others, or for a read, to go with it.</summary>
    private static readonly TimeSpan SettleLinger = TimeSpan.FromMilliseconds(10);

    private readonly QueueSession _session;
    private readonly QueueEar _ear;
    private readonly QueueConsumer _consumer;
    private readonly QueueMembership _membership;
    private readonly QueueFetch _fetch;
    private readonly Holdings _holdings;
    private readonly PostgreSqlTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ChannelWriter<SubscriptionEvent> _events;
    private readonly ChannelReader<SubscriptionRequest> _requests;
    private readonly List<SubscriptionRequest> _underWay = [];
    private long _settlingSince;
    private long _renewedAt;
    private long _beatAt;
    private long _sweptAt;
    private long _lookedAt;
    private long _claims;
    private bool _beatDue = true;
    private Task<bool>? _requested;

    private SubscriptionSession(
        QueueSession session, QueueEar ear, QueueConsumer consumer, PostgreSqlTransportOptions options, TimeProvider time, ILogger log,
        ChannelWriter<SubscriptionEvent> events, ChannelReader<SubscriptionRequest> requests)
    {
        (_session, _ear, _consumer, _options, _time, _log, _events, _requests) = (session, ear, consumer, options, time, log, events, requests);
        _membership = new QueueMembership(session, consumer.Queue, consumer.Name, options, log);
        _fetch = new QueueFetch(session, consumer.Queue);
        _holdings = new Holdings(consumer.UnsettledMax);
        _renewedAt = _beatAt = _sweptAt = _lookedAt = time.GetTimestamp();
    }

    /// <summary>Joins the queue.</summary>
    public static async Task<SubscriptionSession> OpenAsync(
        NpgsqlDataSource source, QueueConsumer consumer, PostgreSqlTransportOptions options, TimeProvider time, ILogger log,
        ChannelWriter<SubscriptionEvent> events, Channel<SubscriptionRequest> mailbox, CancellationToken stop)
    {
        QueueSession session = await QueueSession.OpenAsync(source, options, log, stop);
        QueueEar? ear = null;
        try
        {
            ear = await QueueEar.OpenAsync(source, QueueSignals.Channel(consumer.Queue), Heard, why => mailbox.Writer.TryWrite(new SubscriptionRequest.Deaf(session.Id, why)), stop);
            SubscriptionSession joined = new(session, ear, consumer, options, time, log, events, mailbox.Reader);
            await session.ExecuteAsync(LearnOfCrash);
            await session.JoinAsync(consumer.Queue, consumer.Instance);
            await joined._membership.AnnounceAsync();
            QueueLog.Joined(log, consumer.Instance, consumer.Name, session.Id);
            return joined;
        }
        catch
        {
            if (ear is not null) await ear.DisposeAsync();
            await session.DisposeAsync(); // It was opened here; its lock would keep a session alive that nobody runs.
            throw;
        }

        void Heard(int by, string signal)
        {
            if (by != session.Connection.ProcessID) mailbox.Writer.TryWrite(new SubscriptionRequest.Heard(signal));
        }
    }

    /// <summary>Works until it is told to stop, or until the session's end throws.</summary>
    public async Task ServeAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (_time.GetElapsedTime(_renewedAt) > _options.LeaseDuration) throw new TimeoutException("the lease was not renewed in time");

            TakeRequests();
            if (_beatDue || _time.GetElapsedTime(_beatAt) >= _options.BeatInterval) await BeatAsync();
            if (await StepAsync()) continue;

            await WaitAsync(stop);
        }
    }

    /// <summary>Waits for something in the mailbox, for the next beat, or for settlements to have waited long enough.</summary>
    private async Task WaitAsync(CancellationToken stop)
    {
        TimeSpan limit = _options.BeatInterval - _time.GetElapsedTime(_beatAt);
        if (_underWay.Count > 0 && SettleLinger - _time.GetElapsedTime(_settlingSince) is var left && left < limit) limit = left;
        if (limit <= TimeSpan.Zero) return;

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _requested ??= _requests.WaitToReadAsync(CancellationToken.None).AsTask();
        await Task.WhenAny(_requested, Task.Delay(limit, _time, over.Token));
        await over.CancelAsync();
        if (_requested.IsCompleted) _requested = null;
    }

    /// <summary>Settles what was asked for until now, and leaves: the others may have the partitions at once.</summary>
    public async Task LeaveAsync()
    {
        TakeRequests();
        await _fetch.RunAsync(Settled, _holdings.TakeSettledClaims(), [], 0);
        Complete();
        await _membership.LeaveAsync();
    }

    /// <summary>Tells that all partitions are gone.</summary>
    public void LoseAll()
    {
        foreach (int partition in _holdings.Partitions) _events.TryWrite(new SubscriptionEvent.Lost(partition));
    }

    /// <summary>Ends the requests that were under way.</summary>
    public void FailRequests()
    {
        foreach (SubscriptionRequest request in _underWay) QueueSubscription.Fail(request);
        _underWay.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _ear.DisposeAsync();
        await _session.DisposeAsync();
    }

    private IReadOnlyList<Delivery> Settled => [.. _underWay.OfType<SubscriptionRequest.Ack>().SelectMany(request => request.Deliveries)];

    private void Hear(string signal)
    {
        if (signal == QueueSignals.Members) _beatDue = true;
        foreach (int partition in QueueSignals.PartitionsOf(signal)) _holdings.Wake(partition);
    }

    private async Task BeatAsync()
    {
        long now = _time.GetTimestamp();
        MembershipView view = await _membership.BeatAsync() ?? throw new TimeoutException("other sessions ended this one");
        _beatDue = false;
        (_renewedAt, _beatAt) = (now, now);
        LookUnasked(now);
        DropTaken(view);

        IReadOnlyCollection<int> live = view.Live(_session.Id);
        BalanceDecision decision = PartitionBalance.Decide(_session.Id, live, view.Owners, _holdings.Revoking);
        foreach (int partition in decision.Revoke)
        {
            _holdings.Revoke(partition);
            _events.TryWrite(new SubscriptionEvent.Revoking(partition));
        }

        IReadOnlyList<TakenPartition> taken = decision.Take.Count > 0 || live.Count <= view.Neighbours.Count ? await _membership.TakeAsync(_holdings.Revoking) : [];
        foreach (TakenPartition partition in taken)
        {
            _holdings.Gain(partition);
            _events.TryWrite(new SubscriptionEvent.Gained(partition.Partition));
        }

        if (taken.Count + decision.Revoke.Count > 0) QueueLog.Rebalanced(_log, _session.Id, _consumer.Name, taken.Count, decision.Revoke.Count);
        await SweepAsync(now);
    }

    // The safety poll: whoever stored messages may have died before it could tell.
    private void LookUnasked(long now)
    {
        if (_time.GetElapsedTime(_lookedAt, now) < _options.LookInterval) return;

        _holdings.WakeAll();
        _lookedAt = now;
    }

    // Nobody takes a partition from a living session; should the rows say so all the same, they are right.
    private void DropTaken(MembershipView view)
    {
        foreach (int partition in _holdings.Partitions.Where(partition => partition >= view.Owners.Count || view.Owners[partition] != _session.Id).ToList())
        {
            _holdings.Drop(partition, []);
            _events.TryWrite(new SubscriptionEvent.Lost(partition));
        }
    }

    private async Task SweepAsync(long now)
    {
        if (_time.GetElapsedTime(_sweptAt, now) < _options.SweepInterval) return;

        await QueueSweeper.SweepAsync(_session);
        _sweptAt = now;
    }

    // One step: settle what was asked for, hand out again what came back, read what is next. False when there was nothing to do.
    private async Task<bool> StepAsync()
    {
        TakeRequests();
        IReadOnlyList<Delivery> again = _holdings.TakeAgain();
        if (again.Count > 0) _events.TryWrite(new SubscriptionEvent.Delivered(again));

        IReadOnlyList<FetchRange> ranges = _holdings.TakeRanges(_options.FetchRowsMax);
        if (ranges.Count == 0 && MayLinger) return false;

        await SettleAndReadAsync(Settled, ranges);
        await ReleaseAsync();
        Complete();
        return true;
    }

    /// <summary>Whether nothing is under way but settlements that are young and few.</summary>
    private bool MayLinger => _underWay.Count == 0
        || (_underWay.Count < _options.FetchRowsMax && _underWay.TrueForAll(request => request is SubscriptionRequest.Ack) && _time.GetElapsedTime(_settlingSince) < SettleLinger);

    private async Task SettleAndReadAsync(IReadOnlyList<Delivery> settled, IReadOnlyList<FetchRange> ranges)
    {
        if (settled.Count == 0 && ranges.Count == 0) return;

        long claim = ++_claims;
        IReadOnlyList<Delivery> rows = await _fetch.RunAsync(settled, _holdings.TakeSettledClaims(), ranges, claim);
        IReadOnlyList<Delivery> accepted = _holdings.Accept(claim, ranges, rows);
        if (accepted.Count > 0) _events.TryWrite(new SubscriptionEvent.Delivered(accepted));
    }

    private async Task ReleaseAsync()
    {
        List<int> released = [];
        List<(int Partition, long Id)> unsettled = [];
        foreach (int partition in _underWay.OfType<SubscriptionRequest.Release>().Select(request => request.Partition))
        {
            if (_holdings.Drop(partition, unsettled)) released.Add(partition);
        }

        if (released.Count == 0) return;

        await _membership.ReleaseAsync(released, unsettled);
        _beatDue = true; // Whoever should have had it may be gone by now.
    }

    private void TakeRequests()
    {
        while (_requests.TryRead(out SubscriptionRequest? request))
        {
            switch (request)
            {
                case SubscriptionRequest.Heard heard: Hear(heard.Signal); continue;
                case SubscriptionRequest.Deaf deaf when deaf.Session == _session.Id: throw new IOException("the session hears no more", deaf.Why);
                case SubscriptionRequest.Deaf: continue;
                case SubscriptionRequest.Ack ack: foreach (Delivery done in ack.Deliveries) _holdings.Settle(done.Tag); break;
                case SubscriptionRequest.Requeue requeue: foreach (Delivery back in requeue.Deliveries) _holdings.Requeue(back.Tag); break;
                case SubscriptionRequest.Release: break;
                default: throw new System.Diagnostics.UnreachableException();
            }

            if (_underWay.Count == 0) _settlingSince = _time.GetTimestamp();
            _underWay.Add(request);
        }
    }

    private void Complete()
    {
        foreach (SubscriptionRequest request in _underWay) request.Done.TrySetResult();
        _underWay.Clear();
    }
}
