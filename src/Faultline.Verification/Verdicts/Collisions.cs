using Faultline.Protocol.Faults;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Verdicts;

/// <summary>
/// Experiments that ran at the same time and got into each other's way. A crash kills a process with the messages of all of them in it; one that is past its commit by
/// then is found done when it comes again, and never passes the points between. And what a service is late with while it starts again may come to the next one never: a reminder of
/// an answer that was given meanwhile. In both cases a fault that waits for it has nothing to hit.
/// </summary>
public static class Collisions
{
    /// <summary>Why an experiment is to be run once more, without those that were in its way; null when nothing speaks for it.</summary>
    /// <param name="cell">The verdict on the experiment.</param>
    /// <param name="together">The verdicts on all that ran at the same time.</param>
    public static string? ReasonToRepeat(CellVerdict cell, IReadOnlyList<CellVerdict> together)
    {
        if (cell.Verdict != Verdict.Inconclusive) return null; // A rule that broke stays broken.

        string[] silent = [.. cell.Faults.Where(fault => fault is { Fired: 0, Problem: null }).Select(fault => fault.Name)];
        if (cell.Experiment.Schedule.OfType<AnomalyFault>().FirstOrDefault(fault => silent.Contains(fault.Name)) is not { } missed) return null;

        string[] killed = [.. together.Where(other => other != cell).SelectMany(Killed).Distinct().Order(StringComparer.Ordinal)];
        return killed.Length == 0 ? null : $"run a second time: in the first, '{missed.Name}' did not fire, and other experiments killed a process of {string.Join(" and ", killed)} meanwhile";
    }

    private static IEnumerable<string> Killed(CellVerdict cell) => cell.Experiment.Schedule.OfType<AnomalyFault>()
        .Where(fault => fault.Kind == FaultKinds.Crash && cell.Faults.Any(verdict => verdict.Name == fault.Name && verdict.Fired > 0)).Select(fault => fault.Service);
}
