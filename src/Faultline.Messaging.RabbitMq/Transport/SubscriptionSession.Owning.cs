using Faultline.Messaging.Transport;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Which partitions this member has: batons come, are kept, passed on, given back.</summary>
internal sealed partial class SubscriptionSession
{
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StuckDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnnounceDelay = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, Lane> _byConsumer = new(StringComparer.Ordinal);
    private MemberLine _members = null!;
    private MemberTable _table = null!;
    private IChannel _batons = null!;
    private BatonEars _batonEars = null!;
    private ulong _batonsHeard;
    private int _registrations;
    private bool _balanceDue;
    private bool _announceDue = true;
    private bool _announcing;
    private bool _introduced;

    private IReadOnlyList<Lane> Kept => [.. _lanes.Where(lane => lane.State is LaneState.Open or LaneState.Closed)];

    private async Task JoinAsync(CancellationToken stop)
    {
        int partitions = await _repair.PartitionsAsync(_consumer.Service, _connection, stop);
        _lanes = [.. Enumerable.Range(0, partitions).Select(partition => new Lane(partition))];
        _members = await MemberLine.OpenAsync(_connection, _sender, _consumer.Service, _heard.Writer, why => RabbitLog.StrangeWord(Log, _consumer.Service, why), stop);
        _table = new MemberTable(_members.Id, partitions);
        _batons = await _connection.CreateChannelAsync(cancellationToken: stop);
        _batonEars = new BatonEars(_batons, _heard.Writer);
        await _batons.BasicQosAsync(0, 1, global: false, stop);
        foreach (Lane lane in _lanes)
        {
            await EnsureBatonAsync(lane, stop);
            await RegisterAsync(lane, stop);
        }

        Later(_connector.Options.BatonAgeMax / 2, new Happening.BatonsAge());
        _heard.Writer.TryWrite(new Happening.AnnounceAgain());
        RabbitLog.Joined(Log, _consumer.Instance, _consumer.Service, _members.Id);
    }

    // Whoever is first in the line looks whether there is a baton at all: somebody may have emptied the queue.
    private async Task EnsureBatonAsync(Lane lane, CancellationToken stop)
    {
        QueueDeclareOk state = await _batons.QueueDeclarePassiveAsync(Names.Owner(_consumer.Service, lane.Partition), stop);
        if (state.MessageCount > 0 || state.ConsumerCount > 0) return;

        if (!await Baton.SendAsync(_sender, _consumer.Service, lane.Partition, id: "", [], stop)) throw new TransportException($"the baton of partition {lane.Partition} is missing, and a new one was not confirmed");
    }

    // At the end of the line of those who wait for the baton.
    private async Task RegisterAsync(Lane lane, CancellationToken stop)
    {
        _byConsumer.Remove(lane.BatonConsumer);
        lane.State = LaneState.Waiting;
        (lane.BatonNumber, lane.Note) = (0, []);
        lane.BatonConsumer = $"{Text(lane.Partition)}#{Text(++_registrations)}";
        _byConsumer[lane.BatonConsumer] = lane;
        await _batons.BasicConsumeAsync(Names.Owner(_consumer.Service, lane.Partition), autoAck: false, lane.BatonConsumer, _batonEars, stop);
    }

    private async Task TakeBatonAsync(Happening.BatonCame baton)
    {
        if (!IsNext(baton.Number, ++_batonsHeard, Names.Owner(_consumer.Service, _byConsumer.TryGetValue(baton.Consumer, out Lane? named) ? named.Partition : 0))) return;

        if (!_byConsumer.TryGetValue(baton.Consumer, out Lane? lane))
        {
            await _batons.BasicNackAsync(baton.Number, multiple: false, requeue: true); // It was on its way when this consumer was cancelled.
            return;
        }

        if (lane.State == LaneState.Waiting)
        {
            (lane.BatonNumber, lane.BatonSince, lane.Note, lane.State) = (baton.Number, _connector.Time.GetTimestamp(), baton.Note, LaneState.Closed);
            await KeepOrPassAsync(lane);
        }
        else if (lane.BatonNumber == 0 && baton.Id == lane.NextBaton)
        {
            (lane.BatonNumber, lane.BatonSince, lane.Note, lane.NextBaton, lane.NoteFailed) = (baton.Number, _connector.Time.GetTimestamp(), baton.Note, null, false);
            await ContinueReleaseAsync(lane);
        }
        else
        {
            await _batons.BasicAckAsync(baton.Number, multiple: false); // One too many: two had put it there at once.
        }
    }

    private async Task KeepOrPassAsync(Lane lane)
    {
        if (_table.OtherOwnerOf(lane.Partition) is { } owner) await CheckAsync([owner]); // It died, or its word that it gives this up is still on the way.
        _table.Took(lane.Partition);
        Lane[] others = [.. Kept.Where(each => each != lane)];
        _table.Keep(others.Select(each => each.Partition));
        bool pass = others.Length >= _table.Share && lane.Passed < _table.Others.Count + 2 && await CheckAsync(_table.Short) && others.Length >= _table.Share;
        if (pass)
        {
            lane.Passed++;
            await GiveBackAsync(lane);
        }
        else
        {
            await OpenLaneAsync(lane);
        }
    }

    // Forgets those of them that are gone; true when one of them lives.
    private async Task<bool> CheckAsync(IReadOnlyList<string> members)
    {
        bool anyAlive = false;
        foreach (string member in members)
        {
            if (await _members.IsAliveAsync(member, _ending.Token))
            {
                anyAlive = true;
                continue;
            }

            _table.Remove(member);
            _balanceDue = true;
            RabbitLog.MemberGone(Log, member, _consumer.Service);
        }

        return anyAlive;
    }

    private async Task GiveBackAsync(Lane lane)
    {
        await _batons.BasicCancelAsync(lane.BatonConsumer);
        await _batons.BasicNackAsync(lane.BatonNumber, multiple: false, requeue: true);
        await RegisterAsync(lane, _ending.Token);
    }

    private async Task OpenLaneAsync(Lane lane)
    {
        using CancellationTokenSource late = new(OpenLimit, _connector.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _ending.Token);
        try
        {
            IChannel channel = await _connection.CreateChannelAsync(cancellationToken: either.Token);
            (lane.Channel, lane.Generation, lane.Heard) = (channel, lane.Generation + 1, 0);
            lane.Spared.UnionWith(lane.Note);
            await channel.BasicQosAsync(0, _consumer.PrefetchOf(_lanes.Length, _connector.Options.PrefetchMin), global: false, either.Token);
            lane.IsQuietAsked = false;
            await channel.BasicConsumeAsync(Names.Queue(_consumer.Service, lane.Partition), autoAck: false, new LaneEars(channel, _heard.Writer, lane.Partition, lane.Generation), either.Token);
            lane.State = LaneState.Open;
            _events.TryWrite(new SubscriptionEvent.Gained(lane.Partition));
        }
        catch (Exception error) when (_connection.IsOpen && (TransportFailures.IsBroker(error) || late.IsCancellationRequested))
        {
            // One queue that does not answer (it has no leader, perhaps) must not stop the others.
            RabbitLog.LaneLost(Log, Names.Queue(_consumer.Service, lane.Partition), TransportFailures.Describe(error));
            DropLane(lane);
            Later(late.IsCancellationRequested ? StuckDelay : ReopenDelay, new Happening.Reopen(lane.Partition));
        }

        (_announceDue, _balanceDue) = (true, true);
    }

    // Without waiting for the broker, which does not answer on this channel.
    private void DropLane(Lane lane)
    {
        lane.Generation++;
        lane.Clear();
        if (lane.Channel is not { } channel) return;

        lane.Channel = null;
        Run(async () =>
        {
            try
            {
                await channel.AbortAsync(_ending.Token);
                await channel.DisposeAsync();
            }
            catch (Exception error) when (TransportFailures.IsBroker(error) || error is OperationCanceledException)
            {
                RabbitLog.CloseFailed(Log, TransportFailures.Describe(error));
            }
        });
    }

    // What was delivered is the broker's again: all of it, in its order, in one step of the queue.
    private async Task CloseLaneAsync(Lane lane)
    {
        lane.Generation++;
        lane.Clear();
        if (lane.Channel is { } channel)
        {
            lane.Channel = null;
            if (channel.IsOpen) await channel.CloseAsync(_ending.Token);
            await channel.DisposeAsync();
        }
    }

    private async Task TakeLaneEndAsync(Happening.LaneEnded ended)
    {
        Lane lane = _lanes[ended.Partition];
        if (lane.Generation != ended.Generation || lane.State is not (LaneState.Open or LaneState.Revoking) || !_connection.IsOpen) return;

        bool revoking = lane.State == LaneState.Revoking;
        RabbitLog.LaneLost(Log, Names.Queue(_consumer.Service, lane.Partition), ended.Why);
        lane.State = LaneState.Closed;
        _events.TryWrite(new SubscriptionEvent.Lost(lane.Partition));
        await CloseLaneAsync(lane);
        if (revoking && lane.NextBaton is null) await (lane.Release is null ? GiveBackAsync(lane) : ContinueReleaseAsync(lane));
        else Later(ReopenDelay, new Happening.Reopen(lane.Partition));
    }

    // To the side: declaring a queue anew takes its time, and the other partitions go on.
    private void Mend(Lane lane)
    {
        if (lane.State != LaneState.Closed) return;

        Run(async () =>
        {
            try
            {
                await _repair.PartitionsAsync(_consumer.Service, _connection, _ending.Token, lane.Partition);
                _heard.Writer.TryWrite(new Happening.Mended(lane.Partition));
            }
            catch (Exception error)
            {
                // The task's edge: the session ends of it, and the next one begins from the broker's state.
                _heard.Writer.TryWrite(new Happening.ConnectionEnded($"queue '{Names.Queue(_consumer.Service, lane.Partition)}' could not be declared again: {TransportFailures.Describe(error)}"));
            }
        });
    }

    private async Task ReopenAsync(Lane lane)
    {
        if (lane.State != LaneState.Closed) return;

        if (lane.BatonNumber != 0) await OpenLaneAsync(lane);
        else Later(ReopenDelay, new Happening.Reopen(lane.Partition)); // One baton went, the next is on its way.
    }

    private async Task ReleaseAsync(SubscriptionRequest.Release request)
    {
        Lane? lane = request.Partition < _lanes.Length ? _lanes[request.Partition] : null;
        if (lane?.State is not (LaneState.Open or LaneState.Revoking) || lane.Release is not null)
        {
            _done.Add(request);
            return;
        }

        lane.State = LaneState.Revoking;
        lane.Release = request;
        if (lane.NextBaton is null) await ContinueReleaseAsync(lane);
    }

    private async Task ContinueReleaseAsync(Lane lane)
    {
        if (lane.Release is null) return;

        if (lane is { IsQuietAsked: false, Channel: { IsOpen: true } channel })
        {
            lane.IsQuietAsked = true;
            Quieten(lane, channel);
            return;
        }

        await AcknowledgeAsync(); // Before the channel is closed, or what is done would come again.
        HashSet<long> note = lane.NoteAfter(0);
        lane.State = LaneState.Releasing;
        await CloseLaneAsync(lane);
        if (note.IsSubsetOf(lane.Note)) await FinishReleaseAsync(lane, replaced: false);
        else SendBaton(lane, note);
    }

    /// <summary>
    /// What is on its way here would come back to the next owner as delivered before, and is in no note. So the note waits until everything has arrived that the queue had sent by now: the queue answers behind
    /// what it has sent to the channel, and the channel answers behind that. What is sent after this moment is treated with more care than it needs.
    /// </summary>
    /// <remarks>
    /// A cancel would leave nothing on its way at all, and must not be used: without its active consumer the queue gives later messages to the next owner while earlier ones are still open here, and it does not hear of the ends
    /// of this channel and of the baton's at one time.
    /// </remarks>
    private void Quieten(Lane lane, IChannel channel)
    {
        var quiet = new Happening.LaneQuiet(lane.Partition, lane.Generation);
        // To the side: a queue that does not answer must not stop the others.
        Run(async () =>
        {
            try
            {
                await channel.QueueDeclarePassiveAsync(Names.Queue(_consumer.Service, lane.Partition), _ending.Token);
                await channel.BasicConsumeAsync(Names.DirectReplies, autoAck: true, new FenceEars(channel, _heard.Writer, quiet), _ending.Token);
            }
            catch (Exception error) when (TransportFailures.IsBroker(error) || error is OperationCanceledException)
            {
                _heard.Writer.TryWrite(quiet);
            }
        });
    }

    private async Task TakeQuietAsync(Happening.LaneQuiet quiet)
    {
        Lane lane = _lanes[quiet.Partition];
        if (lane.Generation == quiet.Generation && lane is { State: LaneState.Revoking, NextBaton: null }) await ContinueReleaseAsync(lane);
    }

    private async Task FinishReleaseAsync(Lane lane, bool replaced)
    {
        await _batons.BasicCancelAsync(lane.BatonConsumer);
        if (replaced) await _batons.BasicAckAsync(lane.BatonNumber, multiple: false);
        else await _batons.BasicNackAsync(lane.BatonNumber, multiple: false, requeue: true);
        lane.NextBaton = null;
        await RegisterAsync(lane, _ending.Token); // When this fails, the release is still the lane's, and whoever waits for it is told at the end of the session.
        if (lane.Release is { } release) _done.Add(release);
        lane.Release = null;
        (_announceDue, _balanceDue) = (true, true);
    }

    private void TakeMember(MemberState state)
    {
        if (state.Id == _members.Id) return;

        _table.Take(state);
        foreach (Lane lane in _lanes) lane.Passed = 0;
        _announceDue |= state.Asks;
        _balanceDue = true;
    }

    private async Task BalanceAsync()
    {
        while (_balanceDue)
        {
            _balanceDue = false;
            IReadOnlyList<Lane> kept = Kept;
            _table.Keep(kept.Select(lane => lane.Partition));
            if (kept.Count <= _table.Share || !await CheckAsync(_table.Short) || _balanceDue) continue;

            Lane[] above = [.. kept.Skip(_table.Share).Where(lane => lane.State == LaneState.Open)];
            foreach (Lane lane in above)
            {
                lane.State = LaneState.Revoking;
                _events.TryWrite(new SubscriptionEvent.Revoking(lane.Partition));
            }

            if (above.Length == 0) continue;

            _announceDue = true;
            _table.Keep(Kept.Select(lane => lane.Partition));
            RabbitLog.GivesUp(Log, _members.Id, _consumer.Service, above.Length);
        }
    }

    private void Announce()
    {
        if (!_announceDue || _announcing) return;

        (_announceDue, _announcing) = (false, true);
        MemberState state = new(_members.Id, [.. Kept.Select(lane => lane.Partition)], Asks: !_introduced, Leaves: false);
        Run(async () =>
        {
            string? failed = await _members.TellAsync(state, _ending.Token);
            if (failed is not null && !_ending.IsCancellationRequested) RabbitLog.AnnounceFailed(Log, _consumer.Service, failed);
            _heard.Writer.TryWrite(new Happening.Announced(failed is null));
        });
    }

    private void TakeAnnounced(bool succeeded)
    {
        _announcing = false;
        _introduced |= succeeded;
        if (!succeeded) Later(AnnounceDelay, new Happening.AnnounceAgain());
    }
}
