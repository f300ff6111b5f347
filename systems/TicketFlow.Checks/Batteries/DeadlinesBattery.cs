using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using static TicketFlow.Checks.Batteries.Parts;

namespace TicketFlow.Checks.Batteries;

/// <summary>Agreements kept and broken, in seconds instead of days: the clock is the real one, the customers' agreement is brief.</summary>
internal static class DeadlinesBattery
{
    public static Battery Of(SystemDescription system) => new("ticketflow/deadlines", "Deadlines of TicketFlow by an agreement of seconds: low 12, medium 8, high 4, critical 2", [.. Broken(8), .. Disrupted()]);

    /// <summary>The same with more tickets, and more that goes down meanwhile.</summary>
    public static Battery LongOf(SystemDescription system) => new("ticketflow/deadlines", "Deadlines of TicketFlow by an agreement of seconds: low 12, medium 8, high 4, critical 2", [.. Broken(24), .. Disrupted(), .. DisruptedMore()]);

    private static IEnumerable<Experiment> Broken(int operations)
    {
        yield return Cell("deadlines", "nothing is broken; agreements of seconds are kept, broken, and stopped", operations);
        yield return Cell("deadlines-reminders-twice", "the timers of reminders arrive twice", operations, Anomaly(Sla, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "reminder-timer", new TriggerSpec { Every = 1 }));
        yield return Cell("deadlines-alerts-twice", "the timers of alerts arrive twice", operations, Anomaly(Sla, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "breach-timer", new TriggerSpec { Every = 1 }));
        yield return Cell("deadlines-timer-crash", "sla dies after a timer has fired, before it knows", operations, Anomaly(Sla, FaultPoints.ScheduleFireAfter, FaultKinds.Crash, "breach-timer"));
        yield return Cell("deadlines-reminder-crash", "sla dies after a reminder is committed, before it says so", operations, Anomaly(Sla, FaultPoints.ConsumeAckBefore, FaultKinds.Crash, "reminder-timer"));
        yield return Cell("deadlines-letters-fail", "communication fails at reminders", operations, Anomaly(Communication, FaultPoints.ConsumeHandleBefore, FaultKinds.Exception, "reminder-due", new TriggerSpec { First = 4 }));
    }

    private static IEnumerable<Experiment> Disrupted()
    {
        yield return Cell("deadlines-killed-sla", "sla killed while clocks run", 12, Disruption(Sla, DisruptionVerbs.Kill, 1, 1));
        yield return Cell("deadlines-cut-sla", "sla cut off from the broker for 2 s while clocks run", 12, Cut(["sla"], [LinkDescription.Broker], 1, 2));
        yield return Cell("deadlines-replicas", "three instances of sla, one of them killed", 12, Disruption(Sla, DisruptionVerbs.Kill, 1, 1)) with { ReplicasOf = new Dictionary<string, int> { [Sla] = 3 } };
    }

    private static IEnumerable<Experiment> DisruptedMore()
    {
        yield return Cell("deadlines-paused-sla", "sla paused for 6 s while clocks run, longer than its lease", 24, Disruption(Sla, DisruptionVerbs.Pause, 1, 6));
        yield return Cell("deadlines-killed-postgres-services", "the services' database server killed while clocks run", 24, Disruption("postgres/services", DisruptionVerbs.Kill, 1));
        yield return Cell("deadlines-killed-broker", "the broker killed while clocks run", 24, Disruption(BrokerNames.Target, DisruptionVerbs.Kill, 1));
    }

    private static Experiment Cell(string name, string title, int operations, params IReadOnlyList<FaultSpec> schedule) =>
        IntakeBattery.Cell(name, title, new WorkloadSpec { Name = "deadlines", Operations = operations, Concurrency = operations }, schedule) with { Invariants = DeskBattery.Rules };
}
