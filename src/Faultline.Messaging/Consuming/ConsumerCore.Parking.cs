using Faultline.Messaging.Store;

namespace Faultline.Messaging.Consuming;

/// <content>What follows when messages were parked, moved to the dead letters, or read back.</content>
internal sealed partial class ConsumerCore
{
    private void EndSettle(ConsumerEffect.Settle settle, DateTimeOffset now)
    {
        _failures = 0;
        Item item = settle.Items[0];
        if (!_lanes.TryGetValue(NameOf(item), out Lane? lane)) return;

        if (settle.Way == SettleWay.Append)
        {
            lane.IsAppending = false;
            foreach (Item appended in settle.Items) Forget(lane, appended);
            // A read that is under way may have begun before these rows were written; one that found nothing left has waited for them.
            lane.NeedsReadAgain |= lane.IsReading;
            if (lane.DueAt == DateTimeOffset.MaxValue) lane.DueAt = now;
        }
        else if (item.Parked is not null)
        {
            EndParkedSettle(lane, settle, now);
        }
        else
        {
            Forget(lane, item);
            lane.InFlight = 0;
            if (settle.Way == SettleWay.Park && _holdings.ContainsKey(lane.Partition)) OpenParkedOf(item, settle.DueAt);
        }

        EndFlight(lane, 0);
    }

    private void OpenParkedOf(Item item, DateTimeOffset dueAt)
    {
        // With the order guard off the delivery has a lane of its own, and what it is parked in is still the lane of its key.
        OpenParked(new ParkedLane(item.Partition, item.Message!.Key, item.Message.Key is null ? item.Message.Id : null, dueAt), dueAt);
    }

    private void EndParkedSettle(Lane lane, ConsumerEffect.Settle settle, DateTimeOffset now)
    {
        lane.IsHandlingParked = false;
        if (settle.Way is SettleWay.DeadLetter or SettleWay.Drop)
        {
            if (lane.Due.Count > 0) lane.Due.Dequeue();
            if (lane.Due.Count == 0) lane.DueAt = now;
            return;
        }

        // Parked again: what stands behind it waits with it.
        lane.Due.Clear();
        lane.DueAt = settle.Way == SettleWay.Park ? settle.DueAt : now;
    }

    private void EndFailedSettle(ConsumerEffect.Settle settle, DateTimeOffset now)
    {
        Pause(now);
        if (!_lanes.TryGetValue(NameOf(settle.Items[0]), out Lane? lane)) return;

        // Settling is safe to repeat; handling again is too. The lane takes the item up where it stood.
        if (settle.Way == SettleWay.Append) lane.IsAppending = false;
        else if (settle.Items[0].Parked is not null) lane.IsHandlingParked = false;
        else lane.InFlight = 0;
        EndFlight(lane, 0);
    }

    private void TakeParked(ConsumerEvent.ParkedRead read, DateTimeOffset now)
    {
        if (!_lanes.TryGetValue(ParkedName(read.Lane), out Lane? lane)) return;
        lane.IsReading = false;
        _failures = 0;
        if (lane.Parked is null || !_holdings.ContainsKey(lane.Partition))
        {
            RemoveWhenEmpty(lane);
            return;
        }

        foreach (ParkedRow row in read.Rows.TakeWhile(row => row.DueAt <= now))
        {
            lane.Due.Enqueue(new Item { Parked = row, Message = row.Message, Partition = row.Partition, IsAlone = true, IsSuspect = lane.IsSuspect, LaneName = lane.Name });
        }

        bool again = lane.NeedsReadAgain;
        lane.NeedsReadAgain = false;
        if (lane.Due.Count > 0) return;
        if (read.Rows.Count > 0)
        {
            lane.DueAt = again ? now : read.Rows[0].DueAt;
        }
        else if (again || lane.IsAppending)
        {
            lane.DueAt = again ? now : DateTimeOffset.MaxValue;
        }
        else
        {
            CloseParked(lane);
            Queue(lane);
            RemoveWhenEmpty(lane);
        }
    }

    private void FailParkedRead(ParkedLane parked, DateTimeOffset now)
    {
        if (_lanes.TryGetValue(ParkedName(parked), out Lane? lane)) lane.IsReading = false;
        Pause(now);
    }

    private void DecideWake(DateTimeOffset now)
    {
        DateTimeOffset at = DateTimeOffset.MaxValue;
        if (_pausedUntil > now) at = _pausedUntil;
        if (_toTake.Count > 0 && _takeAt > now && _takeAt < at) at = _takeAt;
        foreach (Lane lane in _parked.Where(lane => lane.DueAt > now && lane.DueAt < at)) at = lane.DueAt;
        if (at < DateTimeOffset.MaxValue) _effects.Add(new ConsumerEffect.WakeAt(at));
    }
}
