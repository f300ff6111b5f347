using System.Threading.Channels;
using Faultline.Anomalies;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Faults;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Consuming;

/// <summary>Settles messages: acknowledges what is committed, parks what failed, moves what is exhausted to the dead letters. Each is safe to repeat. Thread-safe.</summary>
internal sealed class Settler(
    IMessageStore store, ISubscription subscription, FaultPipeline faults, ConsumerOptions options, ChannelWriter<ConsumerEvent> events, TaskSet tasks, TimeProvider time, ILogger log)
{
    private const int HistoryLinesMax = 20;

    /// <summary>Acknowledges deliveries whose handling is committed.</summary>
    /// <param name="items">Which.</param>
    /// <param name="stop">Ends what is being done.</param>
    /// <param name="waiting">Ends the wait before a lost one comes again.</param>
    public async Task AckAsync(IReadOnlyList<Item> items, CancellationToken stop, CancellationToken waiting)
    {
        try
        {
            IReadOnlyList<Item> present = items;
            if (faults.IsArmed(FaultPoints.ConsumeAckBefore))
            {
                Passage[] passages = [.. items.Select(PassageOf)];
                await faults.PassAsync(FaultPoints.ConsumeAckBefore, passages, stop);
                Item[] lost = [.. passages.Where(passage => passage.Fate == PassageFate.Lost).Select(passage => (Item)passage.Item!)];
                present = [.. items.Except(lost)];
                if (lost.Length > 0) tasks.Start(() => RequeueLaterAsync(lost, waiting));
            }

            if (present.Count > 0) await subscription.AckAsync([.. present.Select(item => item.Delivery!)], stop);
            if (faults.IsArmed(FaultPoints.ConsumeAckAfter)) await faults.PassAsync(FaultPoints.ConsumeAckAfter, [.. present.Select(PassageOf)], stop);
        }
        catch (TransportException error)
        {
            MessagingLog.AckFailed(log, items.Count, error.Message);
        }
        catch (FaultException error)
        {
            MessagingLog.AckFailed(log, items.Count, error.Message);
            await RequeueLaterAsync(items, waiting);
        }
    }

    private async Task RequeueLaterAsync(IReadOnlyList<Item> items, CancellationToken stop)
    {
        await Task.Delay(options.RedeliverAfter, time, stop);
        await RequeueAsync(items, stop);
    }

    /// <summary>Gives deliveries back; acknowledged ones are gone and stay gone.</summary>
    /// <param name="items">Which.</param>
    /// <param name="stop">Gives up.</param>
    public async Task RequeueAsync(IReadOnlyList<Item> items, CancellationToken stop)
    {
        try
        {
            await subscription.RequeueAsync([.. items.Select(item => item.Delivery!)], stop);
        }
        catch (TransportException error)
        {
            // The connection is gone, and with it the hold on them: they are delivered again by themselves.
            MessagingLog.AckFailed(log, items.Count, error.Message);
        }
    }

    /// <summary>Settles an item, and tells the core how that ended.</summary>
    /// <param name="settle">What and how.</param>
    /// <param name="stop">Ends a wait.</param>
    public async Task SettleAsync(ConsumerEffect.Settle settle, CancellationToken stop)
    {
        Item item = settle.Items[0];
        try
        {
            switch (settle.Way)
            {
                case SettleWay.Append: await store.ParkAsync([.. settle.Items.Select(each => new ParkRequest(each.Partition, each.Message!, 0, time.GetUtcNow(), null))], stop); break;
                case SettleWay.Park: await ParkAsync(item, settle, stop); break;
                case SettleWay.DeadLetter: await DeadLetterAsync(item, settle, stop); break;
                case SettleWay.Drop: if (item.Parked is not null) await store.ForgetParkedAsync(item.Message!.Id, stop); break;
                case SettleWay.Requeue: if (item.Parked is { } row) await store.ReparkAsync(row with { DueAt = time.GetUtcNow() }, stop); break;
                default: throw new System.Diagnostics.UnreachableException();
            }

            await SettleDeliveriesAsync(settle, stop);
            events.TryWrite(new ConsumerEvent.Settled(settle));
        }
        catch (Exception error) when (error is StoreException or FaultException)
        {
            MessagingLog.SettleFailed(log, item.Message?.Id, error.Message);
            events.TryWrite(new ConsumerEvent.SettleFailed(settle));
        }
    }

    private async Task SettleDeliveriesAsync(ConsumerEffect.Settle settle, CancellationToken stop)
    {
        Delivery[] deliveries = [.. settle.Items.Where(item => item.Delivery is not null).Select(item => item.Delivery!)];
        if (deliveries.Length == 0) return;
        try
        {
            if (settle.Way == SettleWay.Requeue) await subscription.RequeueAsync(deliveries, stop);
            else await subscription.AckAsync(deliveries, stop);
        }
        catch (TransportException error)
        {
            // The row is written; the delivery comes again and finds it.
            MessagingLog.AckFailed(log, deliveries.Length, error.Message);
        }
    }

    private async Task ParkAsync(Item item, ConsumerEffect.Settle settle, CancellationToken stop)
    {
        if (await PassAsync(FaultPoints.RetryParkBefore, item, stop) == PassageFate.ReportedDone)
        {
            if (item.Parked is not null) await store.ForgetParkedAsync(item.Message!.Id, stop);
            return;
        }

        if (item.Parked is { } row) await store.ReparkAsync(row with { Attempt = item.Attempt, DueAt = settle.DueAt, History = HistoryOf(item, settle.Reason) }, stop);
        else await store.ParkAsync([new ParkRequest(item.Partition, item.Message!, item.Attempt, settle.DueAt, settle.Reason)], stop);
        await PassAsync(FaultPoints.RetryParkAfter, item, stop);
    }

    private async Task DeadLetterAsync(Item item, ConsumerEffect.Settle settle, CancellationToken stop)
    {
        if (await PassAsync(FaultPoints.DeadLetterMoveBefore, item, stop) == PassageFate.ReportedDone)
        {
            if (item.Message is { } gone) await store.ForgetParkedAsync(gone.Id, stop);
            return;
        }

        MessagingLog.DeadLettered(log, item.Message?.Id, item.Message?.Type, settle.Reason);
        await store.DeadLetterAsync(
            new DeadLetterRequest(item.Message, item.Delivery?.Raw ?? default, settle.Reason, item.Attempt, HistoryOf(item, settle.Reason), item.Delivery?.Tag ?? 0), stop);
        await PassAsync(FaultPoints.DeadLetterMoveAfter, item, stop);
    }

    private string[] HistoryOf(Item item, string reason) =>
        [.. (item.Parked?.History ?? []).TakeLast(HistoryLinesMax - 1), $"{time.GetUtcNow():O} attempt {item.Attempt}: {reason}"];

    private async Task<PassageFate> PassAsync(FaultPoint point, Item item, CancellationToken stop)
    {
        if (!faults.IsArmed(point)) return PassageFate.Go;
        Passage passage = PassageOf(item);
        await faults.PassAsync(point, passage, stop);
        return passage.Fate;
    }

    private static Passage PassageOf(Item item) => item.Message is { } message ? Publisher.PassageOf(message, item.Attempt, item) : new Passage { Item = item };
}
