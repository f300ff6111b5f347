using Faultline.Messaging.Running;
using Faultline.Protocol.Services;
using Microsoft.Extensions.Logging;

namespace Faultline.Hosting.Figures;

/// <summary>Takes the figures of this process, and those of its service at the pace of <see cref="ReadingPace"/>. Not thread-safe: one report after the other.</summary>
internal sealed class FiguresSource
{
    /// <summary>A reading that takes longer is given up: the report must not wait for it.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(1);

    private readonly MessagingOptions _options;
    private readonly MessageTotals _totals;
    private readonly Func<CancellationToken, Task<MessagingState>> _read;
    private readonly TimeProvider _time;
    private readonly Outage _outage;
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;
    private Reading? _last;
    private Backlog? _known;
    private long _knownAt;
    private long _number;

    /// <summary>Begins to count.</summary>
    /// <param name="options">Whose figures.</param>
    /// <param name="totals">Messages in and out.</param>
    /// <param name="read">Reads what waits for the service.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to tell that the reading fails.</param>
    public FiguresSource(MessagingOptions options, MessageTotals totals, Func<CancellationToken, Task<MessagingState>> read, TimeProvider time, ILogger log)
    {
        (_options, _totals, _read, _time) = (options, totals, read, time);
        _outage = new Outage(why => FiguresLog.ReadingFailed(log, why), () => FiguresLog.ReadingWorks(log));
        (_startedAt, _started) = (time.GetUtcNow(), time.GetTimestamp());
    }

    /// <summary>The figures of this moment. A reading that fails leaves what was known before, with its age.</summary>
    /// <param name="stop">Ends the wait.</param>
    public async Task<InstanceFigures> TakeAsync(CancellationToken stop)
    {
        long moved = _totals.In + _totals.Out;
        if (_last is not { } last || ReadingPace.IsDue(_time.GetElapsedTime(last.At), last.Took, moved != last.Moved, last.Backlog)) await ReadAsync(moved, stop);
        return Take(isLast: false);
    }

    /// <summary>The figures with which the process ends; nothing is read anew.</summary>
    public InstanceFigures TakeLast() => Take(isLast: true);

    private InstanceFigures Take(bool isLast) => new()
    {
        Service = _options.Service,
        Instance = _options.Instance,
        StartedAt = _startedAt,
        Number = ++_number,
        RunningSeconds = _time.GetElapsedTime(_started).TotalSeconds,
        CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        WorkingSetBytes = Environment.WorkingSet,
        In = _totals.In,
        Out = _totals.Out,
        Backlog = _known is { } known ? known with { ReadSecondsAgo = Math.Round(_time.GetElapsedTime(_knownAt).TotalSeconds, 1) } : null,
        IsLast = isLast,
    };

    private async Task ReadAsync(long moved, CancellationToken stop)
    {
        long at = _time.GetTimestamp();
        Backlog? read = null;
        using var limit = new CancellationTokenSource(ReadLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            read = BacklogOf(await _read(either.Token));
            (_known, _knownAt) = (read, at);
            _outage.Over();
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            _outage.Goes(limit.IsCancellationRequested ? $"no answer within {ReadLimit.TotalSeconds:0} s" : error.Message);
        }

        _last = new Reading(at, _time.GetElapsedTime(at), moved, read);
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

    /// <summary>The last attempt to read: when, for how long, at how many messages, and what; null when it failed.</summary>
    private sealed record Reading(long At, TimeSpan Took, long Moved, Backlog? Backlog);
}
