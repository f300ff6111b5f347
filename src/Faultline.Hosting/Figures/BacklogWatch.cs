using Faultline.Protocol.Services;
using Microsoft.Extensions.Logging;

namespace Faultline.Hosting.Figures;

/// <summary>Knows what waits for the service, read beside the reports at the pace of <see cref="ReadingPace"/>: no report waits for a database or a broker that is slow to answer. One reader calls it; readings end on other threads.</summary>
/// <param name="read">Reads what waits for the service.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to tell that the reading fails.</param>
internal sealed class BacklogWatch(Func<CancellationToken, Task<MessagingState>> read, TimeProvider time, ILogger log)
{
    /// <summary>A reading that takes longer is given up. A broker that moves queues between instances may need seconds.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(8);

    private readonly Outage _outage = new(why => FiguresLog.ReadingFailed(log, why), () => FiguresLog.ReadingWorks(log));
    private Task _reading = Task.CompletedTask;
    private volatile Reading? _last, _lastGood;

    /// <summary>What was read last, with its age; null when nothing was yet.</summary>
    public Backlog? Known => _lastGood is { } good ? good.Backlog! with { ReadSecondsAgo = Math.Round(time.GetElapsedTime(good.At).TotalSeconds, 1) } : null;

    /// <summary>Begins a reading when one is due and none is under way. Nobody waits for it: it records how it ends, and it ends with the token.</summary>
    /// <param name="moved">Messages handled and published so far.</param>
    /// <param name="stop">Ends it.</param>
    public void Look(long moved, CancellationToken stop)
    {
        if (!_reading.IsCompleted) return;
        if (_last is { } last && !ReadingPace.IsDue(time.GetElapsedTime(last.At), last.Took, moved != last.Moved, last.Backlog)) return;

        _reading = ReadAsync(moved, stop);
    }

    private async Task ReadAsync(long moved, CancellationToken stop)
    {
        long at = time.GetTimestamp();
        using var limit = new CancellationTokenSource(ReadLimit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            Backlog backlog = BacklogOf(await read(either.Token));
            _last = _lastGood = new Reading(at, time.GetElapsedTime(at), moved, backlog);
            _outage.Over();
        }
        catch (Exception error)
        {
            _last = new Reading(at, time.GetElapsedTime(at), moved, null);
            // What breaks by the stop is no outage.
            if (!stop.IsCancellationRequested) _outage.Goes(limit.IsCancellationRequested ? $"no answer within {ReadLimit.TotalSeconds:0} s" : error.Message);
        }
    }

    private static Backlog BacklogOf(MessagingState state) => new()
    {
        Queue = state.Queue,
        QueueOldestSeconds = state.QueueOldestSeconds,
        Outbox = state.Outbox,
        OutboxOldestSeconds = state.OutboxOldestSeconds,
        Parked = state.Parked,
        DeadLetters = state.DeadLetters,
    };

    /// <summary>An attempt to read: when, for how long, at how many messages, and what; null when it failed.</summary>
    private sealed record Reading(long At, TimeSpan Took, long Moved, Backlog? Backlog);
}
