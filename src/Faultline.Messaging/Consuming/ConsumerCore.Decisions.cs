using Faultline.Messaging.Retry;
using Faultline.Messaging.Store;

namespace Faultline.Messaging.Consuming;

/// <content>What is started when, and what follows from its end.</content>
internal sealed partial class ConsumerCore
{
    private void Decide(DateTimeOffset now)
    {
        DecideReleases();
        if (now >= _pausedUntil)
        {
            DecideTake(now);
            DecideParked(now);
            DecideInjected();
            DecideBatches(now);
        }

        DecideWake(now);
    }

    private void DecideReleases()
    {
        foreach ((int partition, Holding holding) in _holdings.Where(pair => pair.Value.IsRevoking).ToArray())
        {
            if (_lanes.Values.Any(lane => lane.Partition == partition && !lane.IsStill)) continue;
            DropWaiting(partition);
            _holdings.Remove(partition);
            _effects.Add(new ConsumerEffect.Release(partition));
        }
    }

    private void DecideTake(DateTimeOffset now)
    {
        if (_taking || _toTake.Count == 0 || now < _takeAt) return;
        _taking = true;
        _effects.Add(new ConsumerEffect.Take([.. _toTake.Distinct()]));
        _toTake.Clear();
    }

    /// <summary>Whether another batch may run now: beside a suspect, none.</summary>
    private bool HasRoom => !_exclusive && _batches.Count < options.WorkersMax;

    private void DecideParked(DateTimeOffset now)
    {
        _exclusiveWanted = false;
        foreach (Lane lane in _parked.Where(CanHandle))
        {
            if (lane.InFlight > 0 || lane.IsReading || lane.IsHandlingParked) continue;
            if (lane.Due.Count > 0)
            {
                Item item = lane.Due.Peek();
                if (item.IsSuspect && _batches.Count > 0) _exclusiveWanted = true;
                else if (HasRoom) StartParked(lane, item);
            }
            else if (lane.DueAt <= now && !lane.IsAppending)
            {
                lane.IsReading = true;
                _effects.Add(new ConsumerEffect.ReadParked(lane.Parked!));
            }
        }
    }

    private void StartParked(Lane lane, Item item)
    {
        lane.IsHandlingParked = true;
        Start([item], alone: item.IsSuspect, [(lane, 0)]);
    }

    private void DecideInjected()
    {
        if (_injected.Count == 0 || !HasRoom) return;
        Item[] batch = [.. _injected.Take(options.BatchMessagesMax)];
        _injected.RemoveRange(0, batch.Length);
        Start(batch, alone: false, []);
    }

    private void DecideBatches(DateTimeOffset now)
    {
        int messagesMax = _guards.Outbox ? options.BatchMessagesMax : 1;
        while (HasRoom && !_exclusiveWanted && _ready.Count > 0)
        {
            var items = new List<Item>();
            var lanes = new List<(Lane, int)>();
            while (items.Count < messagesMax && _ready.TryPeek(out Lane? lane))
            {
                // A lane whose head must be alone starts a batch of its own: it waits in the queue until this one is closed.
                bool alone = CanStart(lane) && lane.Items.First!.Value.IsAlone;
                if (alone && items.Count > 0) break;
                if (alone && lane.Items.First!.Value.IsSuspect && _batches.Count > 0) return;

                _ready.Dequeue();
                lane.IsQueued = false;
                if (!CanStart(lane) || SettleHead(lane, now)) continue;

                int before = items.Count;
                foreach (Item item in lane.Items)
                {
                    bool fits = items.Count == before || item is { IsAlone: false, IsAbsent: false, Poison: null, Failure: null };
                    if (!fits || items.Count >= messagesMax) break;
                    items.Add(item);
                    if (item.IsAlone) break;
                }

                lane.InFlight = items.Count - before;
                lanes.Add((lane, lane.InFlight));
                if (alone) break;
            }

            if (items.Count > 0) Start(items, items is [{ IsSuspect: true }], lanes);
        }
    }

    /// <summary>Whether the lane's head can be acted on now.</summary>
    private bool CanStart(Lane lane) => lane.InFlight == 0 && !lane.IsAppending && lane.Items.Count > 0 && CanHandle(lane) && (lane.Parked is not null || !lane.Items.First!.Value.IsAbsent);

    private bool CanHandle(Lane lane) => _holdings.TryGetValue(lane.Partition, out Holding? holding) && holding.CanHandle;

    /// <summary>Settles what is not to be handled: deliveries behind parked rows, and poison.</summary>
    private bool SettleHead(Lane lane, DateTimeOffset now)
    {
        if (lane.Parked is not null)
        {
            Item[] present = [.. lane.Items.TakeWhile(item => !item.IsAbsent && item.Poison is null)];
            if (present.Length == 0)
            {
                // Poison waits for its turn behind nothing: it has no effect that could come too early.
                if (lane.Items.First!.Value is not { IsAbsent: false } head) return true;
                SettlePoison(lane, head);
                return true;
            }

            lane.IsAppending = true;
            _effects.Add(new ConsumerEffect.Settle(present, SettleWay.Append, default, ""));
            return true;
        }

        Item first = lane.Items.First!.Value;
        if (first.Poison is not null) SettlePoison(lane, first);
        else if (first.Failure is { } failure) SettleFailed(lane, first, failure, now);
        else return false;
        return true;
    }

    private void SettlePoison(Lane lane, Item item)
    {
        lane.InFlight = 1;
        _effects.Add(new ConsumerEffect.Settle([item], _guards.DeadLetter ? SettleWay.DeadLetter : SettleWay.Requeue, default, item.Poison!));
    }

    private void Start(IReadOnlyList<Item> items, bool alone, List<(Lane, int)> lanes)
    {
        var epochs = new Dictionary<int, long>();
        if (_guards.Ordering)
        {
            foreach (int partition in items.Where(item => !item.IsInjected).Select(item => item.Partition).Distinct()) epochs.Add(partition, _holdings[partition].Epoch!.Value);
        }

        var batch = new ConsumerEffect.Handle(items, alone, epochs);
        _batches.Add(batch, lanes);
        _exclusive = alone;
        _effects.Add(batch);
    }

    private void EndBatch(ConsumerEvent.BatchEnded ended, DateTimeOffset now)
    {
        _batches.Remove(ended.Batch, out List<(Lane Lane, int Count)>? lanes);
        if (ended.Batch.Alone) _exclusive = false;
        switch (ended.End)
        {
            case BatchEnd.Committed committed:
                _failures = 0;
                FinishLanes(lanes!, now);
                Item[] delivered = [.. ended.Batch.Items.Where(item => item.Delivery is not null)];
                if (delivered.Length > 0) _effects.Add(committed.Acknowledge ? new ConsumerEffect.Ack(delivered) : new ConsumerEffect.Requeue(delivered));
                break;
            case BatchEnd.Failed failed: FailBatch(ended.Batch, lanes!, failed, now); break;
            case BatchEnd.Fenced fenced:
                foreach (int partition in fenced.Partitions) if (_holdings.TryGetValue(partition, out Holding? holding)) holding.Epoch = null;
                TakeLater(fenced.Partitions, now + PauseMin);
                ReturnToLanes(lanes!);
                break;
            case BatchEnd.StoreAway away: LoseStore(ended.Batch, lanes!, away, now); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private void FinishLanes(List<(Lane Lane, int Count)> lanes, DateTimeOffset now)
    {
        foreach ((Lane lane, int count) in lanes)
        {
            if (lane.IsHandlingParked && count == 0) FinishParked(lane, now);
            for (int index = 0; index < count; index++) Forget(lane, lane.Items.First!.Value);
            EndFlight(lane, count);
        }
    }

    private void FinishParked(Lane lane, DateTimeOffset now)
    {
        lane.IsHandlingParked = false;
        if (lane.Due.Count > 0) lane.Due.Dequeue();
        if (lane.Due.Count == 0) lane.DueAt = now;
    }

    private void EndFlight(Lane lane, int count)
    {
        if (count > 0) lane.InFlight = 0;
        if (lane.Parked is null && !lane.IsHandlingParked) lane.Due.Clear();
        foreach (Item stale in lane.Items.Where(item => item.IsStale).ToArray()) Forget(lane, stale);
        Queue(lane);
        RemoveWhenEmpty(lane);
    }

    private void FailBatch(ConsumerEffect.Handle batch, List<(Lane Lane, int Count)> lanes, BatchEnd.Failed failed, DateTimeOffset now)
    {
        if (batch.Items is [{ } single])
        {
            SettleFailed(lanes[0].Lane, single, failed, now);
            return;
        }

        foreach (Item item in batch.Items) item.IsAlone |= failed.Culprit is null || failed.Culprit == item;
        if (failed.Culprit is { } culprit) culprit.Failure = failed;
        ReturnToLanes(lanes);
    }

    private void SettleFailed(Lane lane, Item item, BatchEnd.Failed failed, DateTimeOffset now)
    {
        if (item.IsStale)
        {
            ReturnToLanes([(lane, item.Parked is null ? 1 : 0)]);
            return;
        }

        (SettleWay way, DateTimeOffset due, string reason) = !_guards.Retry
            ? (SettleWay.Drop, default, failed.Reason)
            : DecideRetry(item, failed.Reason, failed.IsLasting) switch
            {
                RetryDecision.Again again => (SettleWay.Park, now + again.Pause, failed.Reason),
                RetryDecision.GiveUp giveUp => (_guards.DeadLetter ? SettleWay.DeadLetter : SettleWay.Requeue, default, giveUp.Reason),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        if (item.Parked is null) lane.InFlight = 1;
        _effects.Add(new ConsumerEffect.Settle([item], way, due, reason));
    }

    private void LoseStore(ConsumerEffect.Handle batch, List<(Lane Lane, int Count)> lanes, BatchEnd.StoreAway away, DateTimeOffset now)
    {
        Pause(now);
        // Whether one of the messages breaks its own connection is found out by handling each alone.
        foreach (Item item in batch.Items)
        {
            item.IsAlone = true;
            if (batch.Items.Count == 1) item.StoreAways++;
        }

        if (lanes.Count == 0) _injected.AddRange(batch.Items);
        else if (batch.Items is [{ StoreAways: >= StoreAwaysMax } item]) SettleFailed(lanes[0].Lane, item, new BatchEnd.Failed(item, away.Reason, IsLasting: false), now);
        else ReturnToLanes(lanes);
    }

    private void ReturnToLanes(List<(Lane Lane, int Count)> lanes)
    {
        foreach ((Lane lane, int count) in lanes)
        {
            if (count == 0) lane.IsHandlingParked = false;
            EndFlight(lane, count);
        }
    }
}
