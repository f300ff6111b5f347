using Faultline.Messaging.Transport;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// What is handed out when. Usually everything that the broker has delivered is handed out at once. Where the broker sends more ahead than may be in hand, the rest is noted in the baton first:
/// only so can the next owner tell what was handed out from what was not.
/// </summary>
internal sealed partial class SubscriptionSession
{
    private static readonly TimeSpan NoteDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(2);

    private int _turn;
    private long _batonIds;

    private void HandOut()
    {
        List<Delivery> handed = [];
        int demand = _consumer.UnsettledMax - _lanes.Sum(lane => lane.InHand);
        foreach (Lane lane in _lanes.Where(lane => lane.State == LaneState.Open))
        {
            for (; demand > 0 && lane.Again.Count > 0; demand--) handed.Add(lane.TakeAgain());
        }

        Lane[] fresh = [.. _lanes.Where(lane => lane.State == LaneState.Open && lane.Fresh.Count > 0)];
        if (fresh.Length > 0) HandOutFresh(fresh, demand, handed);
        if (handed.Count > 0) _events.TryWrite(new SubscriptionEvent.Delivered(handed));
    }

    private void HandOutFresh(Lane[] fresh, int demand, List<Delivery> handed)
    {
        int[] shares = Share(fresh, demand);
        bool mustNote = fresh.Sum(lane => lane.Fresh.Count) > shares.Sum();
        bool waits = false;
        for (int index = 0; index < fresh.Length; index++)
        {
            Lane lane = fresh[index];
            bool isNoted = lane.Note.Count > 0 && lane.Fresh.Values.Take(shares[index]).Any(held => lane.Note.Contains(held.Delivery.Tag));
            bool lacks = lane.Fresh.Values.Skip(shares[index]).Any(held => !lane.Note.Contains(held.Delivery.Tag));
            if (!isNoted && (!lacks || lane.NoteFailed)) continue;

            if (lane.NextBaton is null && lane.BatonNumber != 0 && !lane.NoteFailed) SendBaton(lane, lane.NoteAfter(shares[index]));
            if (isNoted) shares[index] = 0; // The next owner would believe that these were never handed out.
            waits |= mustNote && !lane.NoteFailed;
        }

        if (waits) return;

        for (int index = 0; index < fresh.Length; index++)
        {
            for (int count = 0; count < shares[index]; count++) handed.Add(fresh[index].TakeFresh());
        }

        _turn++;
    }

    // Each gets one after the other, until the demand or the messages are used up.
    private int[] Share(Lane[] fresh, int demand)
    {
        int[] shares = new int[fresh.Length];
        int[] most = [.. fresh.Select(lane => lane.Again.Count > 0 ? 0 : lane.Fresh.Count)];
        int left = Math.Min(demand, most.Sum());
        for (int index = _turn % fresh.Length; left > 0; index = (index + 1) % fresh.Length)
        {
            if (shares[index] == most[index]) continue;

            shares[index]++;
            left--;
        }

        return shares;
    }

    private void SendBaton(Lane lane, HashSet<long> note)
    {
        string id = $"{_members.Id}.{Text(lane.Partition)}.{++_batonIds}";
        lane.NextBaton = id;
        Run(async () =>
        {
            bool confirmed = await Baton.SendAsync(_sender, _consumer.Service, lane.Partition, id, note, _ending.Token);
            _heard.Writer.TryWrite(new Happening.BatonSent(lane.Partition, id, confirmed));
        });
    }

    // One that is in hand for too long would cost the channel, and with it all partitions. The new one says the same.
    private void RenewBatons()
    {
        foreach (Lane lane in _lanes.Where(lane => lane.State == LaneState.Open && lane.BatonNumber != 0 && lane.NextBaton is null))
        {
            if (_connector.Time.GetElapsedTime(lane.BatonSince) >= _connector.Options.BatonAgeMax / 2) SendBaton(lane, [.. lane.Note]);
        }

        Later(_connector.Options.BatonAgeMax / 2, new Happening.BatonsAge());
    }

    private async Task TakeBatonSentAsync(Happening.BatonSent sent)
    {
        Lane lane = _lanes[sent.Partition];
        if (lane.NextBaton != sent.Id) return;

        if (lane.State == LaneState.Releasing)
        {
            await FinishReleaseAsync(lane, sent.Confirmed);
        }
        else if (sent.Confirmed)
        {
            // The new one is behind it, and comes as soon as this one is gone.
            ulong old = lane.BatonNumber;
            lane.BatonNumber = 0;
            await _batons.BasicAckAsync(old, multiple: false);
        }
        else
        {
            (lane.NextBaton, lane.NoteFailed) = (null, true);
            Later(NoteDelay, new Happening.NoteAgain(lane.Partition));
            await ContinueReleaseAsync(lane);
        }
    }

    // Before leaving: whoever comes next should not be careful with what was never handed out.
    private async Task LeaveNotesAsync()
    {
        using CancellationTokenSource limit = new(LeaveLimit, _connector.Time);
        await Task.WhenAll(_lanes.Where(lane => lane.State is (LaneState.Open or LaneState.Revoking) && lane.BatonNumber != 0 && lane.NextBaton is null).Select(async lane =>
        {
            HashSet<long> note = lane.NoteAfter(0);
            if (note.IsSubsetOf(lane.Note)) return;

            bool confirmed = await Baton.SendAsync(_sender, _consumer.Service, lane.Partition, $"{_members.Id}.{Text(lane.Partition)}.last", note, limit.Token);
            if (confirmed) await _batons.BasicAckAsync(lane.BatonNumber, multiple: false, limit.Token);
        }));
    }
}
