using System.Threading.Channels;
using Faultline.Anomalies;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Faults;

namespace Faultline.Messaging.Consuming;

/// <summary>Takes what the transport tells, lets messages pass the fault point, checks their digests, and hands them to the core.</summary>
internal sealed class Receiver(
    ISubscription subscription, FaultPipeline faults, ControlPanel control, ConsumerOptions options, Ids ids, ChannelWriter<ConsumerEvent> events, TaskSet tasks, TimeProvider time)
{
    /// <summary>Deliveries whose digest was wrong once: they were asked for again. Bounded by what is unsettled.</summary>
    private readonly HashSet<long> _suspects = [];
    private readonly Lock _gate = new();

    /// <summary>Runs until stopped.</summary>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        while (await subscription.Events.WaitToReadAsync(stop))
        {
            while (subscription.Events.TryRead(out SubscriptionEvent? told)) await TakeAsync(told, stop);
        }
    }

    private async ValueTask TakeAsync(SubscriptionEvent told, CancellationToken stop)
    {
        switch (told)
        {
            case SubscriptionEvent.Gained gained: events.TryWrite(new ConsumerEvent.Gained(gained.Partition)); break;
            case SubscriptionEvent.Revoking revoking: events.TryWrite(new ConsumerEvent.Revoking(revoking.Partition)); break;
            case SubscriptionEvent.Lost lost: events.TryWrite(new ConsumerEvent.Lost(lost.Partition)); break;
            case SubscriptionEvent.Delivered delivered: await ReceiveAsync(delivered.Deliveries, stop); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task ReceiveAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
    {
        // The mistake of this guard: the broker forgets the messages before anything is done with them.
        if (!control.Guards.AckAfterCommit) await TryAckAsync(deliveries, stop);

        var items = new List<Item>(deliveries.Count);
        if (faults.IsArmed(FaultPoints.ConsumeReceiveAfter)) await PassAsync(deliveries, items, stop);
        else foreach (Delivery delivery in deliveries) items.Add(ItemOf(delivery));

        var asked = new List<Delivery>();
        foreach (Item item in items) if (!item.IsAbsent && !CheckDigest(item)) asked.Add(item.Delivery!);
        events.TryWrite(new ConsumerEvent.Delivered(items));
        if (asked.Count > 0) await TryRequeueAsync(asked, stop);
    }

    private async Task PassAsync(IReadOnlyList<Delivery> deliveries, List<Item> items, CancellationToken stop)
    {
        Passage[] passages = [.. deliveries.Select(delivery => delivery.Message is { } message ? Publisher.PassageOf(message, item: delivery) : new Passage { Item = delivery })];
        try
        {
            await faults.PassAsync(FaultPoints.ConsumeReceiveAfter, passages, stop);
        }
        catch (FaultException)
        {
            // Receiving failed: nothing of the batch arrived, and all of it comes again.
            foreach (Passage passage in passages) passage.Fate = PassageFate.Lost;
        }

        foreach (Passage passage in passages)
        {
            var delivery = (Delivery)passage.Item!;
            if (passage.Fate == PassageFate.ReportedDone)
            {
                await TryAckAsync([delivery], stop);
                continue;
            }

            Item item = ItemOf(delivery.Message is { } message && !passage.Body.Equals(message.Body) ? delivery with { Message = message with { Body = passage.Body } } : delivery);
            items.Add(item);
            if (passage.Fate == PassageFate.Lost) Lose(item, delivery, stop);
            if (passage.Fate == PassageFate.Held) Hold(item, passage, stop);
            for (int copy = 0; copy < passage.Copies; copy++) items.Add(ItemOf(delivery));
            for (int extra = 0; extra < passage.Storm && delivery.Message is { } original; extra++) items.Add(Injected(original, delivery.Partition));
        }
    }

    private void Lose(Item item, Delivery delivery, CancellationToken stop)
    {
        item.IsAbsent = true;
        tasks.Start(async () =>
        {
            await Task.Delay(options.RedeliverAfter, time, stop);
            await TryRequeueAsync([delivery], stop);
        });
    }

    private void Hold(Item item, Passage passage, CancellationToken stop)
    {
        item.IsAbsent = true;
        tasks.Start(async () =>
        {
            await passage.Release.WaitAsync(stop);
            // Checked when it is let go: a damaged body must not come in by waiting.
            if (CheckDigest(item)) events.TryWrite(new ConsumerEvent.Released(item));
            else await TryRequeueAsync([item.Delivery!], stop);
        });
    }

    /// <summary>A body that is not the one that was stored is asked for again, once: if the next is wrong too, the damage is in the store and lasts.</summary>
    private bool CheckDigest(Item item)
    {
        if (item.Message is not { } message || item.Delivery is not { } delivery || item.IsInjected) return true;
        bool isIntact = message.IsIntact;
        bool wasSuspect;
        lock (_gate)
        {
            wasSuspect = _suspects.Remove(delivery.Tag);
            if (!isIntact && !wasSuspect) _suspects.Add(delivery.Tag);
        }

        if (isIntact) return true;
        if (wasSuspect)
        {
            item.Poison = "the body is not the one that was stored: its digest is wrong";
            return true;
        }

        item.IsAbsent = true;
        return false;
    }

    private Item ItemOf(Delivery delivery) => new()
    {
        Delivery = delivery,
        Message = delivery.Message,
        Partition = delivery.Partition,
        IsAlone = delivery.Redelivered,
        IsSuspect = delivery.Redelivered,
        IsInjected = delivery.Message?.IsInjected ?? false,
        Poison = delivery.Malformed,
    };

    private Item Injected(Envelope original, int partition) => new() { Message = Publisher.Inject(original, ids), Partition = partition, IsInjected = true };

    private async Task TryAckAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
    {
        try
        {
            await subscription.AckAsync(deliveries, stop);
        }
        catch (TransportException)
        {
            // Not acknowledged: they are delivered again.
            return;
        }
    }

    private async Task TryRequeueAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
    {
        try
        {
            await subscription.RequeueAsync(deliveries, stop);
        }
        catch (TransportException)
        {
            // The connection is gone, and with it the hold on them: they are delivered again by themselves.
            return;
        }
    }
}
