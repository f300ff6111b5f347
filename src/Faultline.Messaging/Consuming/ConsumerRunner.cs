using System.Threading.Channels;
using Faultline.Anomalies;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Faults;
using Faultline.Triggers;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Consuming;

/// <summary>Runs <see cref="ConsumerCore"/>: gives it events one at a time, and does what it wants done.</summary>
internal sealed class ConsumerRunner(
    IMessageStore store, ITransport transport, HandlingPipeline pipeline, FaultPipeline faults, ControlPanel control, string service, string instance, ConsumerOptions options, Ids ids, TimeProvider time, ILogger log)
{
    private const int ParkedRowsMax = 20;
    private static readonly TimeSpan LanesPause = TimeSpan.FromSeconds(10);
    private static readonly ConsumerEvent.Tick Tick = new();
    private static readonly ConsumerEvent.Stopping Stopping = new();
    private static readonly ConsumerEvent.LanesMayHaveChanged LanesChanged = new();

    private readonly Channel<ConsumerEvent> _events = Channel.CreateUnbounded<ConsumerEvent>(new UnboundedChannelOptions { SingleReader = true });
    private int _inHand;

    /// <summary>Messages in hand now.</summary>
    public int InHand => Volatile.Read(ref _inHand);

    /// <summary>Dead letters may have been put back among the parked rows.</summary>
    public void LanesMayHaveChanged() => _events.Writer.TryWrite(LanesChanged);

    /// <summary>Runs until stopped. Then it takes nothing new, finishes what is being handled, and gives the rest back.</summary>
    /// <param name="stop">The end of the process.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        await using ISubscription subscription = await transport.SubscribeAsync(service, instance, options.UnsettledMax, stop);
        // What is in hand has its time after the end was asked for; what only waits has not.
        using var graceOver = new CancellationTokenSource();
        using var loop = CancellationTokenSource.CreateLinkedTokenSource(graceOver.Token);
        await using ITimer grace = time.CreateTimer(_ => graceOver.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration asked = stop.Register(() =>
        {
            grace.Change(options.StopGrace, Timeout.InfiniteTimeSpan);
            _events.Writer.TryWrite(Stopping);
        });
        var tasks = new TaskSet(loop, log);
        var core = new ConsumerCore(options, ChanceOf);
        var settler = new Settler(store, subscription, faults, options, _events.Writer, tasks, time, log);
        await using ITimer timer = time.CreateTimer(_ => _events.Writer.TryWrite(Tick), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using ITimer lanes = time.CreateTimer(_ => LanesMayHaveChanged(), null, LanesPause, LanesPause);
        var receiver = new Receiver(subscription, faults, control, options, ids, _events.Writer, tasks, time);
        tasks.Start(() => receiver.RunAsync(loop.Token));
        try
        {
            while (!core.IsStopped && await _events.Reader.WaitToReadAsync(loop.Token))
            {
                while (_events.Reader.TryRead(out ConsumerEvent? happened))
                {
                    var guards = new ConsumerGuards(control.Guards.Ordering, control.Guards.Retry, control.Guards.DeadLetter, control.Guards.Outbox);
                    foreach (ConsumerEffect effect in core.Step(happened, guards, time.GetUtcNow())) Do(effect, subscription, settler, timer, tasks, graceOver.Token, loop.Token);
                    Volatile.Write(ref _inHand, core.InHand);
                }
            }
        }
        catch (OperationCanceledException) when (loop.IsCancellationRequested)
        {
            // The grace is over, or a task failed: what is not committed is undone.
        }

        loop.Cancel(); // Here and not on another thread: what waits goes on in the order of this loop.
        await tasks.DrainAsync();
        if (tasks.Failure is { } failure && !stop.IsCancellationRequested) throw new InvalidOperationException("the consumer failed and is started anew", failure);
    }

    private void Do(ConsumerEffect effect, ISubscription subscription, Settler settler, ITimer timer, TaskSet tasks, CancellationToken inHand, CancellationToken waiting)
    {
        switch (effect)
        {
            case ConsumerEffect.Handle handle: tasks.Start(async () => _events.Writer.TryWrite(new ConsumerEvent.BatchEnded(handle, await pipeline.RunAsync(handle, inHand)))); break;
            case ConsumerEffect.Ack ack: tasks.Start(() => settler.AckAsync(ack.Items, inHand, waiting)); break;
            case ConsumerEffect.Requeue requeue: tasks.Start(() => settler.RequeueAsync(requeue.Items, inHand)); break;
            case ConsumerEffect.Settle settle: tasks.Start(() => settler.SettleAsync(settle, inHand)); break;
            case ConsumerEffect.Take take: tasks.Start(() => TakeAsync(take, waiting)); break;
            case ConsumerEffect.Release release: tasks.Start(() => ReleaseAsync(subscription, release, inHand)); break;
            case ConsumerEffect.ReadLanes read: tasks.Start(() => ReadLanesAsync(read, waiting)); break;
            case ConsumerEffect.ReadParked read: tasks.Start(() => ReadParkedAsync(read, waiting)); break;
            case ConsumerEffect.WakeAt wake: timer.Change(Later(wake.Time), Timeout.InfiniteTimeSpan); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private TimeSpan Later(DateTimeOffset at)
    {
        TimeSpan wait = at - time.GetUtcNow();
        return wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(wait.TotalMilliseconds, TimeSpan.FromHours(1).TotalMilliseconds)));
    }

    /// <summary>The jitter of a retry depends on the message and the attempt, not on who asks first.</summary>
    private double ChanceOf(Item item) => new Seed(0).For("retry", item.Message?.Id.ToString() ?? "", service, item.Attempt).Fraction();

    private async Task TakeAsync(ConsumerEffect.Take take, CancellationToken stop)
    {
        try
        {
            Ownership ownership = await store.TakePartitionsAsync(take.Partitions, instance, stop);
            MessagingLog.Owns(log, instance, string.Join(", ", take.Partitions));
            _events.Writer.TryWrite(new ConsumerEvent.Taken(take.Partitions, ownership));
        }
        catch (StoreException error)
        {
            MessagingLog.StoreAway(log, 0, error.Message);
            _events.Writer.TryWrite(new ConsumerEvent.TakeFailed(take.Partitions));
        }
    }

    private async Task ReleaseAsync(ISubscription subscription, ConsumerEffect.Release release, CancellationToken stop)
    {
        try
        {
            await subscription.ReleaseAsync(release.Partition, stop);
        }
        catch (TransportException error)
        {
            // The connection is gone, and with it the partition.
            MessagingLog.AckFailed(log, 0, error.Message);
        }
    }

    private async Task ReadParkedAsync(ConsumerEffect.ReadParked read, CancellationToken stop)
    {
        try
        {
            _events.Writer.TryWrite(new ConsumerEvent.ParkedRead(read.Lane, await store.ReadParkedAsync(read.Lane, ParkedRowsMax, stop)));
        }
        catch (StoreException error)
        {
            MessagingLog.StoreAway(log, 0, error.Message);
            _events.Writer.TryWrite(new ConsumerEvent.ParkedReadFailed(read.Lane));
        }
    }

    private async Task ReadLanesAsync(ConsumerEffect.ReadLanes read, CancellationToken stop)
    {
        try
        {
            _events.Writer.TryWrite(new ConsumerEvent.LanesRead(await store.ReadLanesAsync(read.Partitions, stop)));
        }
        catch (StoreException error)
        {
            // It is asked again soon.
            MessagingLog.StoreAway(log, 0, error.Message);
        }
    }
}
