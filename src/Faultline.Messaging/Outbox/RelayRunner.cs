using System.Threading.Channels;
using Faultline.Anomalies;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Faults;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Outbox;

/// <summary>Runs <see cref="RelayCore"/> during one term of leadership: gives it events one at a time, and does what it wants done.</summary>
internal sealed class RelayRunner(IMessageStore store, ITransport transport, FaultPipeline faults, ControlPanel control, Ids ids, RelayOptions options, TimeProvider time, ILogger log)
{
    private static readonly RelayEvent.Woken Woken = new();
    private static readonly RelayEvent.Tick Tick = new();

    private readonly Channel<RelayEvent> _events = Channel.CreateUnbounded<RelayEvent>(new UnboundedChannelOptions { SingleReader = true });
    private int _wokenWaiting;

    /// <summary>There may be new rows. Cheap, safe for all threads, coalesced.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wokenWaiting, 1) == 0) _events.Writer.TryWrite(Woken);
    }

    /// <summary>Runs until stopped or until something fails that only a new term can mend.</summary>
    /// <param name="stop">The end of the term, or of the process.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        using var loop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tasks = new TaskSet(loop, log);
        var core = new RelayCore(options);
        await using ITimer timer = time.CreateTimer(_ => _events.Writer.TryWrite(Tick), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wake();
        try
        {
            while (await _events.Reader.WaitToReadAsync(loop.Token))
            {
                while (_events.Reader.TryRead(out RelayEvent? happened))
                {
                    if (happened is RelayEvent.Woken) Interlocked.Exchange(ref _wokenWaiting, 0);
                    foreach (RelayEffect effect in core.Step(happened, (control.Guards.Confirms, transport.Traits.SendsInFlight), time.GetUtcNow())) Do(effect, timer, tasks, loop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (loop.IsCancellationRequested)
        {
            // The term is over, or a task failed; the leader decides what follows.
        }

        await tasks.DrainAsync();
    }

    private void Do(RelayEffect effect, ITimer timer, TaskSet tasks, CancellationToken stop)
    {
        switch (effect)
        {
            case RelayEffect.Read read: tasks.Start(() => ReadAsync(read, stop)); break;
            case RelayEffect.Send send: tasks.Start(() => SendAsync(send, tasks, stop)); break;
            case RelayEffect.Delete delete: tasks.Start(() => DeleteAsync(delete, stop)); break;
            case RelayEffect.DeadLetter letter: tasks.Start(() => DeadLetterAsync(letter, stop)); break;
            case RelayEffect.WakeAt wake: timer.Change(Later(wake.Time), Timeout.InfiniteTimeSpan); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private TimeSpan Later(DateTimeOffset at)
    {
        TimeSpan wait = at - time.GetUtcNow();
        // Timers count whole milliseconds: rounded up, so that the moment has come when it fires.
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
    }

    private async Task ReadAsync(RelayEffect.Read read, CancellationToken stop)
    {
        try
        {
            _events.Writer.TryWrite(new RelayEvent.PageRead(read.What, await store.ReadOutboxAsync(read.What, stop)));
        }
        catch (StoreException error)
        {
            MessagingLog.RelayStoreAway(log, error.Message);
            _events.Writer.TryWrite(new RelayEvent.ReadFailed());
        }
    }

    private async Task SendAsync(RelayEffect.Send send, TaskSet tasks, CancellationToken stop)
    {
        try
        {
            var outcomes = new RelayOutcome[send.Rows.Count];
            (List<Envelope> wire, List<int> rows) = await SendBeforeAsync(send, outcomes, tasks, stop);
            if (wire.Count > 0)
            {
                IReadOnlyList<SendOutcome> sent = await transport.SendAsync(wire, stop);
                for (int index = 0; index < wire.Count; index++) if (rows[index] >= 0) outcomes[rows[index]] = OutcomeOf(sent[index]);
                MessagingTelemetry.Sent([.. wire.Where((_, index) => sent[index] == SendOutcome.Confirmed)]);
            }

            await SendAfterAsync(send, outcomes, stop);
            _events.Writer.TryWrite(new RelayEvent.SendEnded(send, outcomes));
        }
        catch (Exception error) when (error is TransportException or FaultException)
        {
            MessagingLog.SendUnknown(log, send.Rows.Count, error.Message);
            _events.Writer.TryWrite(new RelayEvent.SendFailed(send));
        }
    }

    /// <summary>Lets the rows pass the fault point; returns what goes over the wire, and for each message the row that it stands for (−1 for an extra one).</summary>
    private async Task<(List<Envelope> Wire, List<int> Rows)> SendBeforeAsync(RelayEffect.Send send, RelayOutcome[] outcomes, TaskSet tasks, CancellationToken stop)
    {
        var wire = new List<Envelope>(send.Rows.Count);
        var rows = new List<int>(send.Rows.Count);
        if (!faults.IsArmed(FaultPoints.RelaySendBefore))
        {
            for (int row = 0; row < send.Rows.Count; row++)
            {
                wire.Add(send.Rows[row].Message);
                rows.Add(row);
            }

            return (wire, rows);
        }

        Passage[] passages = [.. send.Rows.Select(row => Publisher.PassageOf(row.Message))];
        await faults.PassAsync(FaultPoints.RelaySendBefore, passages, stop);
        for (int row = 0; row < passages.Length; row++)
        {
            Passage passage = passages[row];
            OutboxRow held = send.Rows[row];
            switch (passage.Fate)
            {
                case PassageFate.Lost: outcomes[row] = RelayOutcome.Unconfirmed; continue;
                case PassageFate.ReportedDone: outcomes[row] = RelayOutcome.Confirmed; continue;
                case PassageFate.Held:
                    outcomes[row] = RelayOutcome.Held;
                    tasks.Start(() => ReleaseAsync(passage, held, stop));
                    continue;
            }

            Envelope message = held.Message with { Body = passage.Body };
            for (int copy = 0; copy <= passage.Copies; copy++)
            {
                wire.Add(message);
                rows.Add(copy == 0 ? row : -1);
            }

            for (int extra = 0; extra < passage.Storm; extra++)
            {
                wire.Add(Publisher.Inject(message, ids));
                rows.Add(-1);
            }
        }

        return (wire, rows);
    }

    private async Task ReleaseAsync(Passage passage, OutboxRow row, CancellationToken stop)
    {
        await passage.Release.WaitAsync(stop);
        _events.Writer.TryWrite(new RelayEvent.Released(row));
    }

    private async Task SendAfterAsync(RelayEffect.Send send, RelayOutcome[] outcomes, CancellationToken stop)
    {
        if (!faults.IsArmed(FaultPoints.RelaySendAfter)) return;

        (Passage Passage, int Row)[] confirmed =
        [
            .. Enumerable.Range(0, outcomes.Length).Where(row => outcomes[row] == RelayOutcome.Confirmed).Select(row => (Publisher.PassageOf(send.Rows[row].Message), row)),
        ];
        if (confirmed.Length == 0) return;

        await faults.PassAsync(FaultPoints.RelaySendAfter, [.. confirmed.Select(pair => pair.Passage)], stop);
        foreach ((Passage passage, int row) in confirmed) if (passage.Fate == PassageFate.Lost) outcomes[row] = RelayOutcome.Unconfirmed;
    }

    private static RelayOutcome OutcomeOf(SendOutcome outcome) => outcome switch
    {
        SendOutcome.Confirmed => RelayOutcome.Confirmed,
        SendOutcome.Refused => RelayOutcome.Refused,
        SendOutcome.Unroutable => RelayOutcome.Unroutable,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task DeleteAsync(RelayEffect.Delete delete, CancellationToken stop)
    {
        try
        {
            await store.DeleteOutboxAsync(delete.Ids, stop);
            _events.Writer.TryWrite(new RelayEvent.Deleted(delete));
        }
        catch (StoreException error)
        {
            MessagingLog.RelayStoreAway(log, error.Message);
            _events.Writer.TryWrite(new RelayEvent.DeleteFailed(delete));
        }
    }

    private async Task DeadLetterAsync(RelayEffect.DeadLetter letter, CancellationToken stop)
    {
        MessagingLog.Unroutable(log, letter.Rows.Count, string.Join(", ", letter.Rows.Select(row => row.Message.Type).Distinct()));
        try
        {
            await store.DeadLetterOutboxAsync(letter.Rows, "unroutable: no queue is bound for this type", stop);
            _events.Writer.TryWrite(new RelayEvent.DeadLettered(letter));
        }
        catch (StoreException error)
        {
            MessagingLog.RelayStoreAway(log, error.Message);
            _events.Writer.TryWrite(new RelayEvent.DeadLetterFailed(letter));
        }
    }
}
