using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Ledger;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>Everything that the services state about a round of cells, and how it is told apart by cell.</summary>
/// <param name="System">The system.</param>
/// <param name="Run">The run, where several share the data of one system; null for none.</param>
/// <param name="Ledger">The account of all.</param>
/// <param name="Firings">What fired during the round.</param>
/// <param name="Facts">The state of the services.</param>
internal sealed record Account(LabSystem System, string? Run, MessageLedger Ledger, IReadOnlyList<Firing> Firings, IReadOnlyList<SystemFact> Facts)
{
    /// <summary>What one cell hands over to its judgement.</summary>
    public CellRun RunOf(
        CellLoad load, IReadOnlyList<Interruption> interruptions, IReadOnlyList<(string Cell, ProbeResult Result)> probes, DrainResult drain, IReadOnlyList<MessagingState> quiet, IReadOnlyList<MessagingState> still,
        DateTimeOffset healedAt, IReadOnlyList<string> leftover)
    {
        string prefix = Cells.OperationIdPrefix(load.Cell.Name, Run);
        SystemFact[] facts = [.. Facts.Where(fact => fact.OperationId?.StartsWith(prefix, StringComparison.Ordinal) ?? false)];
        HashSet<Guid> mine = [.. load.Faults.SelectMany(fault => fault.AnomalyIds)];
        return new CellRun
        {
            Experiment = load.Cell,
            Context = new CheckContext
            {
                History = load.History,
                Ledger = Ledger.Only(prefix),
                Facts = facts,
                StateEvents = System.Spec.Checks.EventsOf(facts),
                Drain = drain,
                Quiet = quiet,
                StillQuiet = still,
                HealedAt = healedAt,
                LeftoverFaults = leftover,
            },
            Faults = load.Faults,
            Firings = [.. Firings.Where(firing => mine.Contains(firing.AnomalyId))],
            Probes = [.. probes.Where(probe => probe.Cell == load.Cell.Name).Select(probe => probe.Result)],
            Interruptions = interruptions,
            Profile = load.Profile,
            Obstacle = load.Obstacle,
        };
    }

    /// <summary>What cut off the work of services during the round: deaths at fault points, and disruptions up to their end.</summary>
    /// <param name="loads">All cells of the round: a process that dies for one of them dies for all.</param>
    public IReadOnlyList<Interruption> InterruptionsOf(IEnumerable<CellLoad> loads) =>
    [
        .. Firings.Where(firing => firing.Kind == FaultKinds.Crash).Select(firing => new Interruption(firing.Service, firing.At)),
        .. from load in loads
           from disruption in load.Cell.Schedule.OfType<DisruptionFault>()
           from run in load.Faults
           where run.Name == disruption.Name && run.Executed > 0
           select new Interruption(System.Clients.ContainsKey(disruption.Target) ? disruption.Target : null, run.EndedAt ?? run.StartedAt ?? DateTimeOffset.MaxValue),
        .. from load in loads
           from fault in load.Cell.Schedule
           where fault is ToxicFault or HttpLinkFault or PartitionFault or DisruptorFault
           from run in load.Faults
           where run.Name == fault.Name && run.Executed > 0
           select new Interruption(null, run.EndedAt ?? DateTimeOffset.MaxValue),
    ];
}
