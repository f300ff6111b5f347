using System.Globalization;
using System.Threading.Channels;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// One connection of a subscription, from joining to its end. One loop owns everything here; callers, the client library and the session's own tasks leave happenings for it.
/// This part hears and settles; the others own partitions and hand out.
/// </summary>
internal sealed partial class SubscriptionSession : IAsyncDisposable
{
    private readonly BrokerConnector _connector;
    private readonly Sender _sender;
    private readonly Repair _repair;
    private readonly QueueConsumer _consumer;
    private readonly ChannelWriter<SubscriptionEvent> _events;
    private readonly IConnection _connection;
    private readonly Channel<Happening> _heard = Channel.CreateUnbounded<Happening>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly HashSet<Task> _tasks = [];
    private readonly List<SubscriptionRequest> _done = [];
    private readonly Dictionary<Lane, List<ulong>> _settled = [];
    private Lane[] _lanes = [];
    private string? _ended;

    private SubscriptionSession(BrokerConnector connector, Sender sender, Repair repair, QueueConsumer consumer, ChannelWriter<SubscriptionEvent> events, IConnection connection)
    {
        (_connector, _sender, _repair, _consumer, _events, _connection) = (connector, sender, repair, consumer, events, connection);
        connection.ConnectionShutdownAsync += OnShutdownAsync;
    }

    private ILogger Log => _connector.Log;

    /// <summary>Joins the consumers of a service.</summary>
    public static async Task<SubscriptionSession> OpenAsync(
        BrokerConnector connector, Sender sender, Repair repair, QueueConsumer consumer, ChannelWriter<SubscriptionEvent> events, CancellationToken stop)
    {
        try
        {
            return await TryOpenAsync(connector, sender, repair, consumer, events, stop);
        }
        catch (Exception error) when (TransportFailures.CodeOf(error) == TransportFailures.NotFound)
        {
            await repair.DeclareAsync(consumer.Service, stop); // Somebody has deleted a part.
            return await TryOpenAsync(connector, sender, repair, consumer, events, stop);
        }
    }

    private static async Task<SubscriptionSession> TryOpenAsync(
        BrokerConnector connector, Sender sender, Repair repair, QueueConsumer consumer, ChannelWriter<SubscriptionEvent> events, CancellationToken stop)
    {
        IConnection connection = await connector.ConnectAsync($"consume {consumer.Service} {consumer.Instance}", stop);
        SubscriptionSession session = new(connector, sender, repair, consumer, events, connection);
        try
        {
            await session.JoinAsync(stop);
            return session;
        }
        catch
        {
            await session.DisposeAsync(); // Its inbox would make the others believe in a member that does nothing.
            throw;
        }
    }

    /// <summary>Leaves a request; false when the session has ended.</summary>
    public bool TryAsk(SubscriptionRequest request) => _heard.Writer.TryWrite(request);

    /// <summary>Works until it is told to stop, or until the end of the connection throws.</summary>
    public async Task ServeAsync(CancellationToken stop)
    {
        while (await _heard.Reader.WaitToReadAsync(stop))
        {
            while (_heard.Reader.TryRead(out Happening? happened)) await TakeAsync(happened);

            await AcknowledgeAsync();
            if (_ended is { } why) throw new TransportException(why);

            await BalanceAsync();
            HandOut();
            Announce();
            _tasks.RemoveWhere(task => task.IsCompleted);
        }
    }

    /// <summary>Settles what was asked for until now, and leaves: the others have the partitions at once.</summary>
    public async Task LeaveAsync()
    {
        while (_heard.Reader.TryRead(out Happening? happened))
        {
            if (happened is SubscriptionRequest request) TakeRequest(request);
        }

        await AcknowledgeAsync();
        await LeaveNotesAsync();
        await _members.TellAsync(new MemberState(_members.Id, [], Asks: false, Leaves: true), _ending.Token);
    }

    /// <summary>Tells that all partitions are gone.</summary>
    public void LoseAll()
    {
        foreach (Lane lane in _lanes.Where(lane => lane.State is LaneState.Open or LaneState.Revoking)) _events.TryWrite(new SubscriptionEvent.Lost(lane.Partition));
    }

    public async ValueTask DisposeAsync()
    {
        _heard.Writer.TryComplete();
        await _ending.CancelAsync();
        // First of all: nobody who asked may wait for ever, whatever fails below.
        foreach (SubscriptionRequest request in _done) RabbitSubscription.Fail(request);
        foreach (SubscriptionRequest? request in _lanes.Select(lane => lane.Release)) request?.Done.TrySetResult();
        while (_heard.Reader.TryRead(out Happening? happened))
        {
            if (happened is SubscriptionRequest request) RabbitSubscription.Fail(request);
        }

        await Task.WhenAll(_tasks);
        await _connector.CloseAsync(_connection);
        _ending.Dispose();
    }

    private async ValueTask TakeAsync(Happening happened)
    {
        switch (happened)
        {
            case SubscriptionRequest.Release release: await ReleaseAsync(release); break;
            case SubscriptionRequest request: TakeRequest(request); break;
            case Happening.Arrived arrived: TakeMessage(arrived); break;
            case Happening.BatonCame baton: await TakeBatonAsync(baton); break;
            case Happening.BatonSent sent: await TakeBatonSentAsync(sent); break;
            case Happening.LaneEnded ended: await TakeLaneEndAsync(ended); break;
            case Happening.LaneQuiet quiet: await TakeQuietAsync(quiet); break;
            case Happening.Reopen reopen: Mend(_lanes[reopen.Partition]); break;
            case Happening.Mended mended: await ReopenAsync(_lanes[mended.Partition]); break;
            case Happening.MemberTold told: TakeMember(told.State); break;
            case Happening.HoldingsAsked asked: TellHoldings(asked.ReplyTo); break;
            case Happening.Announced announced: TakeAnnounced(announced.Succeeded); break;
            case Happening.AnnounceAgain: _announceDue = true; break;
            case Happening.NoteAgain again: _lanes[again.Partition].NoteFailed = false; break;
            case Happening.BatonsAge: RenewBatons(); break;
            case Happening.ConnectionEnded ended: _ended ??= ended.Why; break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private void TakeRequest(SubscriptionRequest request)
    {
        switch (request)
        {
            case SubscriptionRequest.Ack ack:
                foreach (Delivery delivery in ack.Deliveries.Where(delivery => delivery.Partition < _lanes.Length))
                {
                    Lane lane = _lanes[delivery.Partition];
                    if (!_settled.TryGetValue(lane, out List<ulong>? numbers)) _settled[lane] = numbers = [];
                    lane.Settle(delivery.Tag, numbers);
                }

                break;
            case SubscriptionRequest.Requeue requeue:
                foreach (Delivery delivery in requeue.Deliveries.Where(delivery => delivery.Partition < _lanes.Length)) _lanes[delivery.Partition].Requeue(delivery.Tag);
                break;
        }

        _done.Add(request);
    }

    private void TakeMessage(Happening.Arrived arrived)
    {
        Lane lane = _lanes[arrived.Partition];
        if (lane.Generation != arrived.Generation || lane.State is not (LaneState.Open or LaneState.Revoking)) return;

        if (IsNext(arrived.Number, ++lane.Heard, Names.Queue(_consumer.Service, arrived.Partition))) lane.Accept(arrived.Arrival, arrived.Number);
    }

    /// <summary>
    /// Whether a delivery follows the one before on its channel, whose deliveries the broker numbers one by one. Where one is missing, something between here and the broker has lost bytes, and an acknowledgement of
    /// what came later would cover it: the connection ends, and everything that is open comes again.
    /// </summary>
    private bool IsNext(ulong number, ulong expected, string queue)
    {
        if (number == expected) return true;

        _ended ??= $"delivery {expected} of a channel never arrived and delivery {number} did, from queue '{queue}': the connection has lost bytes";
        return false;
    }

    // One frame for all that is settled without a gap. Acknowledgements are not confirmed: what a broker loses of them it delivers again.
    private async Task AcknowledgeAsync()
    {
        foreach ((Lane lane, List<ulong> numbers) in _settled)
        {
            if (numbers.Count == 0 || lane.Channel is not { IsOpen: true } channel) continue;

            (ulong upTo, IReadOnlyList<ulong> alone) = lane.AcksFor(numbers);
            if (upTo > 0) await channel.BasicAckAsync(upTo, multiple: true);
            foreach (ulong number in alone) await channel.BasicAckAsync(number, multiple: false);
        }

        _settled.Clear();
        foreach (SubscriptionRequest request in _done) request.Done.TrySetResult();
        _done.Clear();
    }

    private void TellHoldings(string replyTo)
    {
        Lane[] read = [.. _lanes.Where(lane => lane.State is LaneState.Open or LaneState.Revoking)];
        DateTimeOffset? oldest = read.Min(lane => lane.OldestSentAt);
        HoldingsAnswer answer = new(read.ToDictionary(lane => lane.Partition, lane => lane.Unsettled), oldest?.UtcTicks ?? 0);
        Run(async () => await _members.AnswerAsync(replyTo, answer, _ending.Token)); // Who asked and gets no answer asks again.
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        _heard.Writer.TryWrite(new Happening.ConnectionEnded($"the connection ended: {TransportFailures.Describe(reason)}"));
        return Task.CompletedTask;
    }

    private void Run(Func<Task> work) => _tasks.Add(work());

    private void Later(TimeSpan delay, Happening what) => Run(async () =>
    {
        await Task.Delay(delay, _connector.Time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _heard.Writer.TryWrite(what);
    });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
