using Faultline.Anomalies;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Faults;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Publishing;

/// <summary>
/// Ends a business transaction: filters, store, commit, and word to the relay. With the <c>outbox</c> guard off it makes the common mistake and sends after the commit. Thread-safe.
/// </summary>
internal sealed class Publisher(ITransport transport, FaultPipeline faults, ControlPanel control, IReadOnlyList<IPublishFilter> filters, WorkSignals signals, Ids ids, ILogger log)
{
    /// <summary>Writes and commits.</summary>
    /// <param name="unit">The open transaction.</param>
    /// <param name="contents">What its units want written.</param>
    /// <param name="handled">The messages whose handling it is; empty for a request.</param>
    /// <param name="settled">Messages to take out of the parked rows and the counts of handlings alone.</param>
    /// <param name="committed">Set once the commit has returned: a failure after that undoes nothing.</param>
    /// <param name="stop">Ends a wait.</param>
    public async Task CommitAsync(
        IStoreUnit unit, UnitContents contents, IReadOnlyList<HandledMessage> handled, IReadOnlyList<Guid> settled, Committed committed, CancellationToken stop)
    {
        bool outbox = control.Guards.Outbox;
        List<Envelope> outgoing = await FilterAsync(contents.Outgoing, stop);
        List<ScheduledMessage> scheduled = await FilterAsync(contents.Scheduled, stop);
        (List<Envelope> stored, List<Envelope> audited) = outbox ? await StoreBeforeAsync(outgoing, stop) : ([], outgoing);

        var flush = new UnitFlush(stored, audited, scheduled, contents.Cancelled, handled, settled);
        Envelope[] all = [.. handled.Select(message => message.Message), .. outgoing];
        if (faults.IsArmed(FaultPoints.PublishStoreAfter) || faults.IsArmed(FaultPoints.TransactionCommitBefore))
        {
            await unit.FlushAsync(flush, stop);
            if (outbox && outgoing.Count > 0) await PassAsync(FaultPoints.PublishStoreAfter, outgoing, stop);
            await PassAsync(FaultPoints.TransactionCommitBefore, all, stop);
            await unit.CommitAsync(stop);
        }
        else
        {
            await unit.FlushAndCommitAsync(flush, stop);
        }

        committed.Set();
        MessagingTelemetry.Published(outgoing);
        if (stored.Count > 0) signals.OutboxChanged();
        if (scheduled.Count > 0) signals.ScheduleChanged();
        await PassAsync(FaultPoints.TransactionCommitAfter, all, stop);
        if (!outbox && outgoing.Count > 0) await SendDirectlyAsync(outgoing, stop);
    }

    /// <summary>A message of the same type that a storm adds: same shape, no business effect.</summary>
    public static Envelope Inject(Envelope original, Ids ids) => original with
    {
        Id = ids.Next(),
        CausationId = original.Id,
        Headers = new Dictionary<string, string>(original.Headers) { [Envelope.InjectedHeader] = "storm" },
    };

    /// <summary>A message as the fault points see it.</summary>
    public static Passage PassageOf(Envelope message, int attempt = 1, object? item = null) => new()
    {
        MessageId = message.Id,
        MessageType = message.Type,
        Key = message.Key,
        OperationId = message.CorrelationId,
        Attempt = attempt,
        Headers = message.Headers,
        Body = message.Body,
        Item = item,
    };

    private async Task<List<Envelope>> FilterAsync(List<Envelope> messages, CancellationToken stop)
    {
        if (filters.Count == 0) return messages;
        var filtered = new List<Envelope>(messages.Count);
        foreach (Envelope message in messages) filtered.Add(await FilterAsync(message, stop));
        return filtered;
    }

    private async Task<List<ScheduledMessage>> FilterAsync(List<ScheduledMessage> messages, CancellationToken stop)
    {
        if (filters.Count == 0) return messages;
        var filtered = new List<ScheduledMessage>(messages.Count);
        foreach (ScheduledMessage message in messages) filtered.Add(message with { Message = await FilterAsync(message.Message, stop) });
        return filtered;
    }

    private async Task<Envelope> FilterAsync(Envelope message, CancellationToken stop)
    {
        Envelope result = message;
        foreach (IPublishFilter filter in filters) result = await filter.PublishAsync(result, stop);
        if (result.Id != message.Id) throw new InvalidOperationException($"a publish filter changed the id of '{message.Type}'; a filter may change anything else");
        if (result.Body.Length > Envelope.BodyBytesMax) throw new InvalidOperationException($"a publish filter made a body of {result.Body.Length} bytes of '{message.Type}'; at most {Envelope.BodyBytesMax} travel in a message");
        return result.Body.Equals(message.Body) ? result : result with { Digest = BodyDigest.Of(result.Body.Span) };
    }

    private async Task<(List<Envelope> Stored, List<Envelope> Audited)> StoreBeforeAsync(List<Envelope> outgoing, CancellationToken stop)
    {
        if (outgoing.Count == 0 || !faults.IsArmed(FaultPoints.PublishStoreBefore)) return (outgoing, []);

        Passage[] passages = [.. outgoing.Select(message => PassageOf(message, item: message))];
        await faults.PassAsync(FaultPoints.PublishStoreBefore, passages, stop);
        List<Envelope> stored = [];
        List<Envelope> audited = [];
        foreach (Passage passage in passages)
        {
            var message = (Envelope)passage.Item!;
            if (passage.Fate == PassageFate.Held) await passage.Release.WaitAsync(stop);
            if (passage.Fate is PassageFate.ReportedDone or PassageFate.Lost)
            {
                audited.Add(message);
                continue;
            }

            for (int copy = 0; copy <= passage.Copies; copy++) stored.Add(message with { Body = passage.Body });
        }

        return (stored, audited);
    }

    private async Task SendDirectlyAsync(List<Envelope> outgoing, CancellationToken stop)
    {
        List<Envelope> wire = outgoing;
        if (faults.IsArmed(FaultPoints.PublishSendBefore))
        {
            Passage[] passages = [.. outgoing.Select(message => PassageOf(message, item: message))];
            await faults.PassAsync(FaultPoints.PublishSendBefore, passages, stop);
            wire = [];
            foreach (Passage passage in passages)
            {
                if (passage.Fate == PassageFate.Held) await passage.Release.WaitAsync(stop);
                if (passage.Fate is PassageFate.ReportedDone or PassageFate.Lost) continue;
                Envelope message = (Envelope)passage.Item! with { Body = passage.Body };
                for (int copy = 0; copy <= passage.Copies; copy++) wire.Add(message);
                for (int extra = 0; extra < passage.Storm; extra++) wire.Add(Inject(message, ids));
            }
        }

        try
        {
            if (wire.Count > 0) await transport.SendAsync(wire, stop);
            MessagingTelemetry.Sent(wire);
        }
        catch (TransportException error)
        {
            // The mistake of this guard: the change is committed, and the message is gone.
            MessagingLog.DirectPublishFailed(log, error.Message);
        }

        await PassAsync(FaultPoints.PublishSendAfter, outgoing, stop);
    }

    private async ValueTask PassAsync(FaultPoint point, IReadOnlyList<Envelope> messages, CancellationToken stop)
    {
        if (!faults.IsArmed(point)) return;
        Passage[] passages = messages.Count == 0 ? [new Passage()] : [.. messages.Select(message => PassageOf(message))];
        await faults.PassAsync(point, passages, stop);
    }
}

/// <summary>Whether a transaction has committed, known also to whoever sees it fail.</summary>
internal sealed class Committed
{
    /// <summary>Whether the commit has returned.</summary>
    public bool IsSet { get; private set; }

    /// <summary>The commit has returned.</summary>
    public void Set() => IsSet = true;
}
