using Faultline.Protocol.Faults;
using Faultline.Verification.Checkers;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Experiments;

/// <summary>Cells that use one running system with one setting.</summary>
/// <param name="Cells">The cells.</param>
/// <param name="Together">Whether they may run at the same time; otherwise one after the other.</param>
public sealed record CellGroup(IReadOnlyList<Experiment> Cells, bool Together)
{
    /// <summary>The setting is that of any cell.</summary>
    public Experiment Setting => Cells[0];
}

/// <summary>Decides which cells of a battery may share a running system, and which of them at the same time.</summary>
public static class BatteryPlan
{
    /// <summary>How many clients the cells of one group have at most, unless one cell alone has more: as many as one small machine serves within seconds.</summary>
    public const int ClientsAtOnceMax = 32;

    /// <summary>How many clients processes that have just started meet at most, where another cell can go before: they still compile what they run, and a crowd of clients would wait for that together until each gives up.</summary>
    public const int ClientsAtStartMax = 16;

    /// <summary>Groups the cells; the order of the battery is kept inside and among the groups.</summary>
    /// <param name="battery">The battery.</param>
    /// <remarks>
    /// A cell that hits only its own messages disturbs no other. A fault that hits a whole process, or a batch with other cells' messages in it (crash, hang,
    /// delay and exceptions may), is survivable for the others as long as all guards are on; with a guard off it would break rules of cells it does not belong to.
    /// Disruptions, probed cells, and cells that expect the whole system to break a rule want the system to themselves. So do cells under a profile, but for
    /// copies of one cell, which share what the profile does.
    /// </remarks>
    public static IReadOnlyList<CellGroup> Groups(Battery battery)
    {
        var groups = new List<CellGroup>();
        foreach (IGrouping<string, Experiment> setting in battery.Cells.GroupBy(Setting))
        {
            List<Experiment> together = [.. setting.Where(MayShareTime)];
            List<Experiment> alone = [.. setting.Where(cell => !MayShareTime(cell))];
            foreach (List<Experiment> share in SharesOf(together)) groups.Add(new CellGroup(share, Together: share.Count > 1));
            if (alone.Count > 0) groups.Add(new CellGroup(alone, Together: false));
        }

        return groups;
    }

    /// <summary>Cells in their order, so many at a time that their clients do not take the time of each other's operations; of many the first alone.</summary>
    private static IEnumerable<List<Experiment>> SharesOf(List<Experiment> cells)
    {
        if (cells.Count > 1 && cells.Sum(cell => cell.Workload.Concurrency) > ClientsAtStartMax)
        {
            yield return [cells[0]]; // It meets processes that have just started, and leaves them warm.
            cells = cells[1..];
        }

        List<Experiment> share = [];
        foreach (Experiment cell in cells)
        {
            if (share.Count > 0 && share.Sum(other => other.Workload.Concurrency) + cell.Workload.Concurrency > ClientsAtOnceMax)
            {
                yield return share;
                share = [];
            }

            share.Add(cell);
        }

        if (share.Count > 0) yield return share;
    }

    /// <summary>Whether a cell leaves others in peace that run at the same time.</summary>
    /// <param name="cell">The cell.</param>
    public static bool MayShareTime(Experiment cell) =>
        cell.Hypothesis.Count == 0 && cell.Generator is null && (cell.Profile is null || cell.CopyOf is not null) && cell.ExpectViolation is not (Drains.Name or QuietAfter.Name or NoLeftoverFault.Name) && cell.Schedule.All(fault => fault is AnomalyFault anomaly && IsContained(anomaly, guardsOff: cell.Guards.Any(guard => !guard.On)));

    private static bool IsContained(AnomalyFault fault, bool guardsOff) => fault.Kind switch
    {
        FaultKinds.Crash or FaultKinds.Exception => !guardsOff,
        _ => true,
    };

    private static string Setting(Experiment cell) => string.Join(
        '\n',
        cell.System, cell.Broker, cell.CopyOf, cell.Replicas, string.Join(',', cell.ReplicasOf.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")),
        string.Join(',', cell.Guards.Select(guard => guard.ToString()).Order(StringComparer.Ordinal)));
}
