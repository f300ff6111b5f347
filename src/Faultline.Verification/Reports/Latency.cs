using Faultline.Protocol.Histories;
using Faultline.Verification.Histories;

namespace Faultline.Verification.Reports;

/// <summary>Percentiles of all values, by nearest rank: every figure is a value that was really measured.</summary>
/// <param name="Count">How many values.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">90 %.</param>
/// <param name="P99">99 %.</param>
/// <param name="P999">99.9 %.</param>
/// <param name="Max">The largest.</param>
public sealed record Percentiles(long Count, TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan P999, TimeSpan Max)
{
    /// <summary>Computes them.</summary>
    /// <param name="ticks">All values in ticks; sorted in place.</param>
    /// <returns>Null when there is no value.</returns>
    public static Percentiles? Of(List<long> ticks)
    {
        if (ticks.Count == 0) return null;

        ticks.Sort();
        return new Percentiles(ticks.Count, Rank(ticks, 500), Rank(ticks, 900), Rank(ticks, 990), Rank(ticks, 999), TimeSpan.FromTicks(ticks[^1]));
    }

    private static TimeSpan Rank(List<long> sorted, int perThousand) => TimeSpan.FromTicks(sorted[(int)((((long)sorted.Count * perThousand) + 999) / 1_000) - 1]);
}

/// <summary>What became of the operations of one name.</summary>
/// <param name="Name">The name of the operation.</param>
/// <param name="Ok">How many were acknowledged.</param>
/// <param name="Failed">How many certainly did nothing.</param>
/// <param name="Unknown">How many ended unknown or never.</param>
/// <param name="Latency">Of the acknowledged ones; null when there is none.</param>
public sealed record OperationFigures(string Name, long Ok, long Failed, long Unknown, Percentiles? Latency)
{
    /// <summary>Computes the figures of every name in a history.</summary>
    /// <param name="history">The operations.</param>
    public static IReadOnlyList<OperationFigures> Of(History history)
    {
        var groups = new SortedDictionary<string, (long Ok, long Failed, long Unknown, List<long> Ticks)>(StringComparer.Ordinal);
        foreach (Operation operation in history.Operations)
        {
            (long ok, long failed, long unknown, List<long> ticks) = groups.TryGetValue(operation.Name, out var known) ? known : (0, 0, 0, []);
            if (operation is { Outcome: Outcome.Ok, Took: { } took }) ticks.Add(took.Ticks);
            groups[operation.Name] = operation.Outcome switch
            {
                Outcome.Ok => (ok + 1, failed, unknown, ticks),
                Outcome.Failed => (ok, failed + 1, unknown, ticks),
                _ => (ok, failed, unknown + 1, ticks),
            };
        }

        return [.. groups.Select(group => new OperationFigures(group.Key, group.Value.Ok, group.Value.Failed, group.Value.Unknown, Percentiles.Of(group.Value.Ticks)))];
    }
}
