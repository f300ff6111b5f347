using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using static TicketFlow.Checks.Batteries.Parts;

namespace TicketFlow.Checks.Batteries;

/// <summary>Input that is wrong, oversized or hostile, also while things fail.</summary>
internal static class BadInputBattery
{
    public static Battery Of(SystemDescription system) => new("ticketflow/bad-input", "Bad input for TicketFlow", [.. Cells(4)]);

    /// <summary>The same with more tickets.</summary>
    public static Battery LongOf(SystemDescription system) => new("ticketflow/bad-input", "Bad input for TicketFlow", [.. Cells(16)]);

    private static IEnumerable<Experiment> Cells(int operations)
    {
        yield return Intake("bad-input", "invalid and hostile inquiries");
        yield return Intake("bad-input-killed", "invalid and hostile inquiries while inquiries is killed", Disruption(Inquiries, DisruptionVerbs.Kill, 20, 0.5));
        yield return Desk("bad-desk", "invalid and hostile input at the desk", operations);
        yield return Desk("bad-desk-replies-lost", "invalid and hostile input at the desk while replies are lost", operations, Anomaly(Tickets, FaultPoints.HttpResponseBefore, FaultKinds.Drop, null, new TriggerSpec { Every = 5 }));
        yield return Desk("bad-desk-twice", "invalid and hostile input at the desk while answers come twice", operations, Anomaly(Communication, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "agent-replied", new TriggerSpec { Every = 1 }));
    }

    private static Experiment Intake(string name, string title, params IReadOnlyList<FaultSpec> schedule) =>
        IntakeBattery.Cell(name, title, new WorkloadSpec { Name = "bad-input", Operations = Workloads.BadInputWorkload.Count, Concurrency = 4 }, schedule);

    private static Experiment Desk(string name, string title, int operations, params IReadOnlyList<FaultSpec> schedule) =>
        IntakeBattery.Cell(name, title, new WorkloadSpec { Name = "bad-desk", Operations = operations, Concurrency = 2 }, schedule) with { Invariants = DeskBattery.Rules };
}
