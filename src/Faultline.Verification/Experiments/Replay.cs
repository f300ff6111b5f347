using Faultline.Protocol.Faults;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Experiments;

/// <summary>Makes an experiment that hits again what a run hit.</summary>
public static class Replay
{
    /// <summary>The experiment with every trigger that follows arrival order or chance replaced by pins.</summary>
    /// <param name="experiment">The experiment as it ran, resolved.</param>
    /// <param name="firings">The firings of each fault, by the name of the fault.</param>
    /// <remarks>
    /// A fault that fires on every match needs no pin. A fault without a single firing keeps its trigger: there is nothing to repeat, and leaving it out would
    /// turn an inconclusive run into a conclusive one. Firings without an operation id cannot be pinned; a fault with such firings keeps its trigger too.
    /// </remarks>
    public static Experiment Of(Experiment experiment, IReadOnlyDictionary<string, IReadOnlyList<Firing>> firings) =>
        experiment with { Schedule = [.. experiment.Schedule.Select(fault => fault is AnomalyFault anomaly ? Pinned(anomaly, firings.GetValueOrDefault(fault.Name, [])) : fault)] };

    private static AnomalyFault Pinned(AnomalyFault fault, IReadOnlyList<Firing> firings) =>
        fault.Trigger is null || fault.Pins.Count > 0 || firings.Count == 0 || firings.Any(firing => firing.OperationId is null)
            ? fault
            : fault with { Trigger = null, Pins = Pin.Of(firings) };
}
