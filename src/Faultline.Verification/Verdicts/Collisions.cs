using Faultline.Protocol.Faults;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Verdicts;

/// <summary>
/// Experiments that ran at the same time and got into each other's way. A crash kills a process with the messages of all of them in it; one that is past its commit by
/// then is found done when it comes again, and never passes the points between: a fault placed there has nothing to hit.
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
        AnomalyFault? missed = cell.Experiment.Schedule.OfType<AnomalyFault>().FirstOrDefault(fault => silent.Contains(fault.Name) && together.Any(other => other != cell && Killed(other, fault.Service)));
        return missed is null ? null : $"run a second time: in the first, '{missed.Name}' did not fire, and another experiment killed a process of {missed.Service} meanwhile";
    }

    private static bool Killed(CellVerdict cell, string service) => cell.Experiment.Schedule.OfType<AnomalyFault>().Any(fault =>
        fault.Kind == FaultKinds.Crash && fault.Service == service && cell.Faults.Any(verdict => verdict.Name == fault.Name && verdict.Fired > 0));
}
