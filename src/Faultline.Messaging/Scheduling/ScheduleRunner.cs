using System.Threading.Channels;
using Faultline.Anomalies;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Store;
using Faultline.Protocol.Faults;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Scheduling;

/// <summary>Runs <see cref="ScheduleCore"/> during one term of leadership.</summary>
internal sealed class ScheduleRunner(IMessageStore store, FaultPipeline faults, WorkSignals signals, TimeProvider time, ILogger log)
{
    /// <summary>The longest sleep: a clock that is set forward must not be noticed only at the old time.</summary>
    private static readonly TimeSpan SleepMax = TimeSpan.FromSeconds(10);

    private readonly Channel<ScheduleEvent> _events = Channel.CreateUnbounded<ScheduleEvent>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>There may be an earlier message. Safe for all threads.</summary>
    public void Wake() => _events.Writer.TryWrite(new ScheduleEvent.Woken());

    /// <summary>Runs until stopped.</summary>
    /// <param name="stop">The end of the term, or of the process.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        using var loop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tasks = new TaskSet(loop, log);
        var core = new ScheduleCore();
        await using ITimer timer = time.CreateTimer(_ => _events.Writer.TryWrite(new ScheduleEvent.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wake();
        try
        {
            while (await _events.Reader.WaitToReadAsync(loop.Token))
            {
                while (_events.Reader.TryRead(out ScheduleEvent? happened))
                {
                    foreach (ScheduleEffect effect in core.Step(happened, time.GetUtcNow())) Do(effect, timer, tasks, loop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (loop.IsCancellationRequested)
        {
            // The term is over, or a task failed; the leader decides what follows.
        }

        await tasks.DrainAsync();
    }

    private void Do(ScheduleEffect effect, ITimer timer, TaskSet tasks, CancellationToken stop)
    {
        switch (effect)
        {
            case ScheduleEffect.Read read: tasks.Start(() => ReadAsync(read, stop)); break;
            case ScheduleEffect.Fire fire: tasks.Start(() => FireAsync(fire, stop)); break;
            case ScheduleEffect.WakeAt wake: timer.Change(Later(wake.Time), Timeout.InfiniteTimeSpan); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private TimeSpan Later(DateTimeOffset at)
    {
        TimeSpan wait = at - time.GetUtcNow();
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : wait >= SleepMax ? SleepMax : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
    }

    private async Task ReadAsync(ScheduleEffect.Read read, CancellationToken stop)
    {
        try
        {
            _events.Writer.TryWrite(new ScheduleEvent.RowsRead(await store.ReadScheduleAsync(read.RowsMax, stop)));
        }
        catch (StoreException error)
        {
            MessagingLog.ScheduleFailed(log, error.Message);
            _events.Writer.TryWrite(new ScheduleEvent.Failed());
        }
    }

    private async Task FireAsync(ScheduleEffect.Fire fire, CancellationToken stop)
    {
        try
        {
            ScheduleFire due = await FireBeforeAsync([.. fire.Rows.Select(row => row.Message)], stop);
            await store.FireScheduledAsync(due, stop);
            signals.OutboxChanged();
            if (faults.IsArmed(FaultPoints.ScheduleFireAfter)) await faults.PassAsync(FaultPoints.ScheduleFireAfter, [.. due.Due.Select(message => Publisher.PassageOf(message))], stop);
            _events.Writer.TryWrite(new ScheduleEvent.Fired());
        }
        catch (Exception error) when (error is StoreException or FaultException)
        {
            MessagingLog.ScheduleFailed(log, error.Message);
            _events.Writer.TryWrite(new ScheduleEvent.Failed());
        }
    }

    private async Task<ScheduleFire> FireBeforeAsync(IReadOnlyList<Envelope> messages, CancellationToken stop)
    {
        if (!faults.IsArmed(FaultPoints.ScheduleFireBefore)) return new ScheduleFire(messages, [], []);

        Passage[] passages = [.. messages.Select(message => Publisher.PassageOf(message, item: message))];
        await faults.PassAsync(FaultPoints.ScheduleFireBefore, passages, stop);
        List<Envelope> due = [];
        List<Envelope> copies = [];
        List<Envelope> skipped = [];
        foreach (Passage passage in passages)
        {
            if (passage.Fate == PassageFate.Held) await passage.Release.WaitAsync(stop);
            Envelope message = (Envelope)passage.Item! with { Body = passage.Body };
            if (passage.Fate == PassageFate.ReportedDone)
            {
                skipped.Add(message);
                continue;
            }

            due.Add(message);
            for (int copy = 0; copy < passage.Copies; copy++) copies.Add(message);
        }

        return new ScheduleFire(due, copies, skipped);
    }
}
