using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Faultline.Anomalies;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Store;
using Faultline.Protocol.Faults;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Consuming;

/// <summary>
/// Handles a batch in one transaction: (1) decode, (2) prepare, (3) begin, check the epochs, note in the inbox, (4) handlers, (5) store outgoing messages, (6) commit. Thread-safe.
/// </summary>
internal sealed class HandlingPipeline(
    IMessageStore store, Publisher publisher, HandlerTable handlers, IReadOnlyList<IConsumeFilter> filters, FaultPipeline faults, ControlPanel control, MessagingContext context,
    ConsumerOptions options, ILogger log)
{
    private static readonly TimeSpan TakeBackLimit = TimeSpan.FromSeconds(1);

    private sealed class Work
    {
        public required Item Item { get; init; }

        public required IMessage Payload { get; init; }

        public object? Prepared { get; set; }
    }

    /// <summary>Handles a batch.</summary>
    /// <param name="batch">What to handle.</param>
    /// <param name="stop">The process is ending.</param>
    public async Task<BatchEnd> RunAsync(ConsumerEffect.Handle batch, CancellationToken stop)
    {
        if (batch.Items[0].IsInjected) return await RunInjectedAsync(batch, stop);
        if (!batch.Alone) return await RunBatchAsync(batch, stop);

        // Only a death of the process may count against a message that is handled alone: whatever else ends without a verdict is taken back.
        Item item = batch.Items[0];
        BatchEnd? end = null;
        try
        {
            return end = await RunBatchAsync(batch, stop);
        }
        finally
        {
            if (end is null or BatchEnd.Fenced or BatchEnd.StoreAway) await TakeBackAsync(item);
        }
    }

    private async Task<BatchEnd> RunBatchAsync(ConsumerEffect.Handle batch, CancellationToken stop)
    {
        var committed = new Committed();
        var at = new Progress();
        IStoreUnit? unit = null;
        try
        {
            if (batch.Alone && await CountAloneAsync(batch.Items[0], stop) is { } tooMany) return tooMany;

            List<Work> works = Decode(batch, at);
            await PrepareAsync(works, at, stop);
            at.Item = null;
            unit = await store.BeginAsync(control.Guards.Transaction, stop);
            await HandleAsync(batch, works, unit, at, committed, stop);
            return new BatchEnd.Committed(Acknowledge: true);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            return EndOf(error, batch, at, committed, unit);
        }
        finally
        {
            if (unit is not null) await unit.DisposeAsync();
        }
    }

    /// <summary>Which message is in hand, so that a failure has a name.</summary>
    private sealed class Progress
    {
        public Item? Item { get; set; }
    }

    private async Task<BatchEnd?> CountAloneAsync(Item item, CancellationToken stop)
    {
        int survived = item.BegunAlone++;
        int crashes = await store.BeginAloneAsync(item.Message!.Id, survived, stop);
        item.BegunAlone = 1;
        return crashes >= options.Retry.CrashesMax
            ? new BatchEnd.Failed(item, $"the process died {crashes} times while it handled this message alone", IsLasting: true)
            : null;
    }

    private async Task TakeBackAsync(Item item)
    {
        using var limit = new CancellationTokenSource(TakeBackLimit, context.Time);
        try
        {
            await store.EndAloneAsync(item.Message!.Id, limit.Token);
            item.BegunAlone = Math.Max(item.BegunAlone - 1, 0);
        }
        catch (Exception error) when (error is StoreException or OperationCanceledException)
        {
            // The store is away. If the message is tried again here, that attempt takes it back.
            return;
        }
    }

    private List<Work> Decode(ConsumerEffect.Handle batch, Progress at)
    {
        var works = new List<Work>(batch.Items.Count);
        foreach (Item item in batch.Items)
        {
            at.Item = item;
            if (item.Attempt > 1 || item.Delivery is { Redelivered: true }) MessagingTelemetry.Redelivered(item.Message!);
            works.Add(new Work { Item = item, Payload = context.Catalogue.Decode(item.Message!) });
        }

        return works;
    }

    private async Task PrepareAsync(List<Work> works, Progress at, CancellationToken stop)
    {
        foreach (Work work in works.Where(work => handlers.Prepares(work.Payload)))
        {
            at.Item = work.Item;
            work.Prepared = await handlers.PrepareAsync(work.Payload, work.Item.Message!, stop);
        }
    }

    private async Task HandleAsync(ConsumerEffect.Handle batch, List<Work> works, IStoreUnit unit, Progress at, Committed committed, CancellationToken stop)
    {
        Envelope[] messages = [.. works.Select(work => work.Item.Message!)];
        bool[] isNew = await unit.EnterAsync(new InboxEntry(messages, batch.Epochs, control.Guards.Inbox), stop);
        if (faults.IsArmed(FaultPoints.ConsumeInboxAfter)) await faults.PassAsync(FaultPoints.ConsumeInboxAfter, [.. works.Select(PassageOf)], stop);

        var contents = new UnitContents();
        var handled = new List<HandledMessage>(works.Count);
        for (int index = 0; index < works.Count; index++)
        {
            Work work = works[index];
            if (!isNew[index])
            {
                MessagingTelemetry.Duplicate(work.Item.Message!);
                continue;
            }

            at.Item = work.Item;
            if (faults.IsArmed(FaultPoints.ConsumeHandleBefore))
            {
                Passage passage = PassageOf(work);
                await faults.PassAsync(FaultPoints.ConsumeHandleBefore, passage, stop);
                work.Item.IsSwallowed |= passage.Fate == PassageFate.ReportedDone;
            }

            if (work.Item.IsSwallowed) continue;

            await HandleOneAsync(work, unit, contents, stop);
            handled.Add(new HandledMessage(work.Item.Message!, work.Item.Attempt));
            if (faults.IsArmed(FaultPoints.ConsumeHandleAfter)) await faults.PassAsync(FaultPoints.ConsumeHandleAfter, PassageOf(work), stop);
        }

        at.Item = works.Count == 1 ? works[0].Item : null;
        Guid[] settled = [.. works.Where(work => work.Item.IsAlone).Select(work => work.Item.Message!.Id)];
        await publisher.CommitAsync(unit, contents, handled, settled, committed, stop);
        foreach (HandledMessage done in handled) MessagingTelemetry.Done(done.Message, context.Time.GetUtcNow());
    }

    private async Task HandleOneAsync(Work work, IStoreUnit unit, UnitContents contents, CancellationToken stop)
    {
        Envelope message = work.Item.Message!;
        using Activity? activity = Begin(message);
        long began = MessagingTelemetry.MeasuresHandling ? context.Time.GetTimestamp() : 0;
        var unitOfWork = new UnitOfWork(unit, new Origin(message.CorrelationId, message.Id, TravelOn(message)), context, contents);
        var handling = new Handling(message, work.Item.Attempt, unitOfWork, work.Prepared);
        Func<Task> run = () => handlers.HandleAsync(work.Payload, handling, stop);
        for (int index = filters.Count - 1; index >= 0; index--)
        {
            (IConsumeFilter filter, Func<Task> next) = (filters[index], run);
            run = () => filter.ConsumeAsync(handling, next, stop);
        }

        try
        {
            await run();
            await unitOfWork.CompleteAsync(stop);
        }
        catch (Exception error)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name); // Seen on the way: whoever decides what follows catches it.
            throw;
        }

        if (began != 0) MessagingTelemetry.Handling(message, context.Time.GetElapsedTime(began));
    }

    private Activity? Begin(Envelope message)
    {
        if (!MessagingTelemetry.Source.HasListeners()) return null;

        Activity? activity = MessagingTelemetry.Source.StartActivity($"{message.Type} handle", ActivityKind.Consumer, message.TraceParent);
        return activity?.SetTag("messaging.message.id", message.Id).SetTag("messaging.message.type", message.Type)
            .SetTag("messaging.destination.name", context.Service).SetTag("messaging.message.conversation_id", message.CorrelationId);
    }

    /// <summary>Headers of the product travel on with whatever a message causes; others are the message's own.</summary>
    private static IReadOnlyDictionary<string, string>? TravelOn(Envelope message) =>
        message.Headers.TryGetValue(Envelope.CellHeader, out string? cell) ? new Dictionary<string, string> { [Envelope.CellHeader] = cell } : null;

    /// <summary>Load without effect: each message runs through its handler, and everything it did is undone.</summary>
    private async Task<BatchEnd> RunInjectedAsync(ConsumerEffect.Handle batch, CancellationToken stop)
    {
        try
        {
            foreach (Item item in batch.Items)
            {
                await using IStoreUnit unit = await store.BeginAsync(transactional: true, stop);
                try
                {
                    await HandleOneAsync(new Work { Item = item, Payload = context.Catalogue.Decode(item.Message!) }, unit, new UnitContents(), stop);
                }
                catch (Exception error) when (error is not (OperationCanceledException or StoreException))
                {
                    // Whatever an injected message fails with is no one's loss: it is load and nothing else.
                    MessagingLog.HandlingFailed(log, item.Message!.Id, item.Message.Type, item.Attempt, error.Message);
                }
            }

            await store.CountInjectedAsync([.. batch.Items.Select(item => item.Message!)], stop);
            return new BatchEnd.Committed(Acknowledge: true);
        }
        catch (StoreException error)
        {
            return new BatchEnd.StoreAway(error.Message);
        }
    }

    private BatchEnd EndOf(Exception error, ConsumerEffect.Handle batch, Progress at, Committed committed, IStoreUnit? unit)
    {
        // What fails after the commit undoes nothing: the broker delivers again, and the inbox knows the messages.
        if (committed.IsSet) return new BatchEnd.Committed(Acknowledge: false);

        if (error is FencedException fenced)
        {
            MessagingLog.Fenced(log, string.Join(", ", fenced.Partitions));
            return new BatchEnd.Fenced(fenced.Partitions);
        }

        bool connectionLost = unit?.Connection is { State: ConnectionState.Broken or ConnectionState.Closed };
        if (error is StoreException || (error is DbException or InvalidOperationException && connectionLost))
        {
            MessagingLog.StoreAway(log, batch.Items.Count, error.Message);
            return new BatchEnd.StoreAway(error.Message);
        }

        // A statement may fail for what others did (a deadlock, a conflict): in a batch that says nothing about the message in hand.
        Item? culprit = (error is DbException ? null : at.Item) ?? (batch.Items is [{ } only] ? only : null);
        MessagingLog.HandlingFailed(log, culprit?.Message?.Id, culprit?.Message?.Type, culprit?.Attempt ?? 0, $"{error.GetType().Name}: {error.Message}");
        if (culprit?.Message is { } failed) MessagingTelemetry.Failed(failed.Type);
        bool lasting = error is UndecodableException or LastingFailureException or FaultException { IsTransient: false };
        return new BatchEnd.Failed(culprit, $"{error.GetType().Name}: {error.Message}", lasting);
    }

    private static Passage PassageOf(Work work) => Publisher.PassageOf(work.Item.Message!, work.Item.Attempt);
}
