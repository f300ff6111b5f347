using Faultline.Messaging.Running;

namespace Faultline.Hosting.Figures;

/// <summary>Takes the figures of this process, with what is known of its service's backlog. Not thread-safe: one report after the other.</summary>
/// <param name="options">Whose figures.</param>
/// <param name="totals">Messages in and out.</param>
/// <param name="backlog">What waits for the service.</param>
/// <param name="time">The clock.</param>
internal sealed class FiguresSource(MessagingOptions options, MessageTotals totals, BacklogWatch backlog, TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _started = time.GetTimestamp();
    private long _number;

    /// <summary>The figures of this moment. It waits for nothing.</summary>
    /// <param name="stop">Ends a reading that begins with it.</param>
    public InstanceFigures Take(CancellationToken stop)
    {
        backlog.Look(totals.In + totals.Out, stop);
        return Figures(isLast: false);
    }

    /// <summary>The figures with which the process ends; nothing is read anew.</summary>
    public InstanceFigures TakeLast() => Figures(isLast: true);

    private InstanceFigures Figures(bool isLast) => new()
    {
        Service = options.Service,
        Instance = options.Instance,
        StartedAt = _startedAt,
        Number = ++_number,
        RunningSeconds = time.GetElapsedTime(_started).TotalSeconds,
        CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        WorkingSetBytes = Environment.WorkingSet,
        In = totals.In,
        Out = totals.Out,
        Backlog = backlog.Known,
        IsLast = isLast,
    };
}
