using Faultline.Hosting.Figures;

namespace TicketFlow.Metrics.Live;

/// <summary>An instance by its newest report and the one before. Immutable.</summary>
/// <param name="Report">The newest report.</param>
/// <param name="At">When it came, UTC, for people.</param>
/// <param name="Came">When it came, by a clock that nobody sets, from an arbitrary moment.</param>
/// <param name="Load">What the two reports come to.</param>
internal sealed record ReportedInstance(InstanceFigures Report, DateTimeOffset At, TimeSpan Came, LiveLoad Load)
{
    /// <summary>An instance whose newest report is older than this has missed one. Half an interval is allowed for the way.</summary>
    public static readonly TimeSpan LateAfter = InstanceFigures.Interval * 1.5;

    /// <summary>An instance whose newest report is older than this has missed three.</summary>
    public static readonly TimeSpan DownAfter = InstanceFigures.Interval * 3.5;

    /// <summary>The instance after a report.</summary>
    /// <param name="before">As it was; null when it was not known.</param>
    /// <param name="report">The report.</param>
    /// <param name="at">When it comes, UTC.</param>
    /// <param name="came">When it comes, by a clock that nobody sets.</param>
    /// <returns>Null when the report is older than what is known, and is to be ignored.</returns>
    public static ReportedInstance? After(ReportedInstance? before, InstanceFigures report, DateTimeOffset at, TimeSpan came)
    {
        if (before is null) return new(report, at, came, FirstLoad(report));

        InstanceFigures last = before.Report;
        if (report.StartedAt == last.StartedAt) return report.Number > last.Number ? new(report, at, came, LoadOf(last, report)) : null;

        // Another process of the same name. Its totals begin anew, so that the old ones say nothing about it. One that began earlier is a late word of a former life, unless the clock of its machine was set back meanwhile.
        bool isNewer = report.StartedAt > last.StartedAt || before.StateAt(came) == LiveState.Down;
        return isNewer ? new(report, at, came, FirstLoad(report)) : null;
    }

    /// <summary>Whether it runs.</summary>
    /// <param name="now">By the clock of <see cref="Came"/>.</param>
    public LiveState StateAt(TimeSpan now) =>
        Report.IsLast || now - Came >= DownAfter ? LiveState.Down
        : now - Came >= LateAfter ? LiveState.Late
        : LiveState.Up;

    /// <summary>How long it has been down; negative while it is not.</summary>
    /// <param name="now">By the clock of <see cref="Came"/>.</param>
    public TimeSpan DownFor(TimeSpan now) => Report.IsLast ? now - Came : now - Came - DownAfter;

    private static LiveLoad FirstLoad(InstanceFigures report) => new(report.WorkingSetBytes, null, null, null);

    private static LiveLoad LoadOf(InstanceFigures before, InstanceFigures now)
    {
        double seconds = now.RunningSeconds - before.RunningSeconds;
        return seconds <= 0
            ? FirstLoad(now)
            : new(now.WorkingSetBytes, Rate(now.CpuSeconds - before.CpuSeconds, seconds), Rate(now.In - before.In, seconds), Rate(now.Out - before.Out, seconds));
    }

    private static double Rate(double more, double seconds) => Math.Round(Math.Max(0, more) / seconds, 3);
}
