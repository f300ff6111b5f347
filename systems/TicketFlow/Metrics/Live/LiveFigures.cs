using Faultline.Hosting.Figures;

namespace TicketFlow.Metrics.Live;

/// <summary>
/// What all instances last said about themselves, in memory and bounded. Reports may be lost, come twice or come late: figures are then older, never wrong. A metrics service that was started anew knows everybody again
/// after one <see cref="InstanceFigures.Interval"/>, and their rates after two. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LiveFigures(TimeProvider time)
{
    /// <summary>So many instances are known at most. A new one takes the place of that which is down the longest; when all run, it is left out.</summary>
    public const int InstancesMax = 200;

    /// <summary>An instance that is down for this long is forgotten.</summary>
    public static readonly TimeSpan KeptDown = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Service, string Instance), ReportedInstance> _instances = [];
    private readonly long _origin = time.GetTimestamp();

    /// <summary>Takes a report in.</summary>
    /// <param name="report">The report.</param>
    public void Take(InstanceFigures report)
    {
        (string, string) name = (report.Service, report.Instance);
        TimeSpan now = time.GetElapsedTime(_origin);
        lock (_gate)
        {
            ReportedInstance? before = _instances.GetValueOrDefault(name);
            if (before is null && !MakeRoomNeedsGate(now)) return;
            if (ReportedInstance.After(before, report, time.GetUtcNow(), now) is { } after) _instances[name] = after;
        }
    }

    /// <summary>What is known now.</summary>
    public LiveSnapshot Snapshot()
    {
        TimeSpan now = time.GetElapsedTime(_origin);
        ReportedInstance[] known;
        lock (_gate)
        {
            ForgetNeedsGate(now);
            known = [.. _instances.Values];
        }

        return new LiveSnapshot(
            [.. known.GroupBy(instance => instance.Report.Service).OrderBy(service => service.Key, StringComparer.Ordinal).Select(service => ServiceOf(service.Key, [.. service], now))], known.Length >= InstancesMax);
    }

    private bool MakeRoomNeedsGate(TimeSpan now)
    {
        ForgetNeedsGate(now);
        if (_instances.Count < InstancesMax) return true;

        KeyValuePair<(string Service, string Instance), ReportedInstance> oldest = _instances.MaxBy(instance => instance.Value.DownFor(now));
        return oldest.Value.StateAt(now) == LiveState.Down && _instances.Remove(oldest.Key);
    }

    private void ForgetNeedsGate(TimeSpan now)
    {
        foreach ((string Service, string Instance) name in _instances.Where(instance => instance.Value.DownFor(now) > KeptDown).Select(instance => instance.Key).ToArray()) _instances.Remove(name);
    }

    private static LiveService ServiceOf(string service, IReadOnlyList<ReportedInstance> reported, TimeSpan now)
    {
        LiveInstance[] instances = [.. reported.Select(instance => InstanceOf(instance, now)).OrderBy(instance => instance.Instance, StringComparer.Ordinal)];
        (LiveBacklog? backlog, DateTimeOffset? at) = NewestBacklog(reported);
        return new LiveService(service, instances.Min(instance => instance.State), instances.Count(instance => instance.State == LiveState.Up), Sum([.. instances.Select(instance => instance.Load).OfType<LiveLoad>()]), backlog, at, instances);
    }

    private static LiveInstance InstanceOf(ReportedInstance instance, TimeSpan now)
    {
        LiveState state = instance.StateAt(now);
        return new LiveInstance(instance.Report.Instance, state, instance.Report.IsLast, instance.Report.StartedAt, instance.At, state == LiveState.Down ? null : instance.Load);
    }

    private static LiveLoad Sum(IReadOnlyList<LiveLoad> loads) =>
        new(loads.Sum(load => load.MemoryBytes), SumOf(loads.Select(load => load.Cpu)), SumOf(loads.Select(load => load.InPerSecond)), SumOf(loads.Select(load => load.OutPerSecond)));

    // What one of them does not know yet counts as nothing; what none knows is not known.
    private static double? SumOf(IEnumerable<double?> rates)
    {
        double[] known = [.. rates.OfType<double>()];
        return known.Length == 0 ? null : Math.Round(known.Sum(), 3);
    }

    private static (LiveBacklog? Backlog, DateTimeOffset? At) NewestBacklog(IReadOnlyList<ReportedInstance> reported)
    {
        (Backlog? Backlog, DateTimeOffset At) newest = reported.Where(instance => instance.Report.Backlog is not null)
            .Select(instance => (instance.Report.Backlog, At: instance.At - TimeSpan.FromSeconds(instance.Report.Backlog!.ReadSecondsAgo))).OrderByDescending(each => each.At).FirstOrDefault();
        return newest.Backlog is { } backlog ? (LiveBacklog.Of(backlog), newest.At) : (null, null);
    }
}
