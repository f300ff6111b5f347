using Faultline.Protocol.Histories;
using Faultline.Verification.Histories;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Reports;

/// <summary>Operations invoked in one slice of time, by how they ended.</summary>
/// <param name="Ok">Acknowledged.</param>
/// <param name="Failed">Certainly not done.</param>
/// <param name="Unknown">Unknown or open.</param>
public readonly record struct Slice(long Ok, long Failed, long Unknown)
{
    /// <summary>All of them.</summary>
    public long All => Ok + Failed + Unknown;
}

/// <summary>A fault over time.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">From when it was set.</param>
/// <param name="Until">Until when.</param>
/// <param name="FiredAt">When it acted; the first ones, at most <see cref="Timeline.MarksMax"/>.</param>
public sealed record Lane(string Name, DateTime From, DateTime Until, IReadOnlyList<DateTime> FiredAt);

/// <summary>Faults against operations: the picture of a run.</summary>
/// <param name="From">The left edge.</param>
/// <param name="Until">The right edge.</param>
/// <param name="Slices">Equal slices from left to right.</param>
/// <param name="Lanes">One for each fault, in the order in which they began; at most <see cref="LanesMax"/>.</param>
/// <param name="LanesLeft">How many faults have no lane.</param>
public sealed record Timeline(DateTime From, DateTime Until, IReadOnlyList<Slice> Slices, IReadOnlyList<Lane> Lanes, int LanesLeft)
{
    /// <summary>How many slices.</summary>
    public const int SliceCount = 90;

    /// <summary>How many lanes at most.</summary>
    public const int LanesMax = 14;

    /// <summary>How many firings of a lane at most.</summary>
    public const int MarksMax = 200;

    /// <summary>Draws up the picture of one or more cells; null when there is no operation.</summary>
    /// <param name="runs">What happened.</param>
    public static Timeline? Of(IReadOnlyList<CellRun> runs)
    {
        IEnumerable<Operation> operations = runs.SelectMany(run => run.Context.History.Operations);
        DateTime from = DateTime.MaxValue, until = DateTime.MinValue;
        foreach (Operation operation in operations)
        {
            DateTime end = operation.InvokedAt + (operation.Took ?? TimeSpan.Zero);
            if (operation.InvokedAt < from) from = operation.InvokedAt;
            if (end > until) until = end;
        }

        if (until < from) return null;

        List<Lane> lanes = [.. runs.SelectMany(run => run.Faults.Where(fault => fault.StartedAt is not null).Select(fault => LaneOf(fault, run, runs.Count > 1, until))).OrderBy(lane => lane.From)];
        foreach (Lane lane in lanes)
        {
            if (lane.From < from) from = lane.From;
            if (lane.Until > until) until = lane.Until;
        }

        if (until - from < TimeSpan.FromMilliseconds(1)) until = from + TimeSpan.FromMilliseconds(1);
        var slices = new Slice[SliceCount];
        foreach (Operation operation in operations)
        {
            int at = Math.Clamp((int)((operation.InvokedAt - from) / (until - from) * SliceCount), 0, SliceCount - 1);
            slices[at] = operation.Outcome switch
            {
                Outcome.Ok => slices[at] with { Ok = slices[at].Ok + 1 },
                Outcome.Failed => slices[at] with { Failed = slices[at].Failed + 1 },
                _ => slices[at] with { Unknown = slices[at].Unknown + 1 },
            };
        }

        return new Timeline(from, until, slices, [.. lanes.Take(LanesMax)], Math.Max(0, lanes.Count - LanesMax));
    }

    private static Lane LaneOf(FaultRun fault, CellRun run, bool isOneOfMany, DateTime end)
    {
        DateTime from = fault.StartedAt!.Value.UtcDateTime;
        DateTime until = fault.EndedAt?.UtcDateTime ?? (end > from ? end : from);
        IReadOnlyList<DateTime> fired = [.. run.Firings.Where(firing => fault.AnomalyIds.Contains(firing.AnomalyId)).Select(firing => firing.At).Concat(fault.Marks.Select(mark => mark.At)).Take(MarksMax).Select(at => at.UtcDateTime)];
        return new Lane(isOneOfMany ? $"{run.Experiment.Name}: {fault.Name}" : fault.Name, from, until, fired);
    }
}
