using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using static TicketFlow.Checks.Batteries.Parts;

namespace TicketFlow.Checks.Batteries;

/// <summary>Tickets worked to the end while services, links and processes fail.</summary>
internal static class DeskBattery
{
    /// <summary>The rules of every cell: those of the intake, and those of the desk.</summary>
    internal static IReadOnlyList<InvariantSpec> Rules { get; } =
        [.. IntakeBattery.Rules, .. new[] { "desk-kept", "desk-answers-right", "answered-once", "deadline-right", "told-once" }.Select(name => new InvariantSpec(name, new Dictionary<string, JsonElement>()))];

    /// <summary>The messages that the workload surely causes within three operations.</summary>
    private static readonly HashSet<string> Caused =
    [
        .. new[]
        {
            "ticket-qualified", "agent-assigned", "ticket-blocked", "ticket-unblocked", "ticket-resolved", "agent-replied", "customer-replied", "ticket-status-changed", "deadlines-calculated", "alert", "message-sent", "letter-due",
        }.Select(name => $"ticketflow.{name}"),
    ];

    public static Battery Of(SystemDescription system) => new("ticketflow/desk", "The desk of TicketFlow under faults of all layers", [.. Plain(), .. Broken(), .. Disrupted()]);

    /// <summary>Every kind at every point once, in place of the chosen ones, and more processes that die.</summary>
    public static Battery LongOf(SystemDescription system) => new("ticketflow/desk", "The desk of TicketFlow under every fault", [.. Plain(), .. EveryFault(system), .. Disrupted(), .. DisruptedMore()]);

    private static IEnumerable<Experiment> Plain()
    {
        yield return Cell("desk", "nothing is broken; tickets are worked to the end", 24);
    }

    private static IEnumerable<Experiment> Broken()
    {
        (AnomalyFault Fault, string Title)[] cases =
        [
            (Anomaly(Tickets, FaultPoints.HttpResponseBefore, FaultKinds.Drop, null, new TriggerSpec { Every = 6 }), "replies to the desk are lost after the work is done"),
            (Anomaly(Tickets, FaultPoints.TransactionCommitAfter, FaultKinds.Crash, "ticket-resolved"), "tickets dies after a resolution is committed, before it has told anyone"),
            (Anomaly(Tickets, FaultPoints.RelaySendAfter, FaultKinds.Crash, "ticket-qualified"), "tickets dies after the broker has a qualification, before it knows"),
            (Anomaly(Tickets, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "deadlines-calculated", new TriggerSpec { Every = 2 }), "tickets gets deadlines twice"),
            (Anomaly(Sla, FaultPoints.ConsumeHandleBefore, FaultKinds.Exception, "ticket-qualified", new TriggerSpec { First = 3 }), "sla fails at qualifications"),
            (Anomaly(Sla, FaultPoints.ConsumeAckBefore, FaultKinds.Crash, "ticket-resolved"), "sla dies after it has recorded a resolution, before it says so"),
            (Anomaly(Sla, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "ticket-unblocked", new TriggerSpec { Every = 1 }), "sla gets the end of each block twice"),
            (Anomaly(Communication, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "ticket-resolved", new TriggerSpec { Every = 2 }), "communication gets answers twice"),
            (Anomaly(Communication, FaultPoints.ConsumeHandleAfter, FaultKinds.Crash, "ticket-resolved"), "communication dies with an answer in hand"),
            (Anomaly(Communication, FaultPoints.TransactionCommitBefore, FaultKinds.Crash, "letter-due"), "communication dies after the e-mail has left, before it has noted that"),
            (Anomaly(Inquiries, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "message-sent", new TriggerSpec { Every = 2 }), "inquiries gets answers twice"),
            (Anomaly(Inquiries, FaultPoints.ConsumeAckBefore, FaultKinds.Crash, "message-sent"), "inquiries dies after it has shown an answer, before it says so"),
            (Anomaly(Translations, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, "agent-replied", new TriggerSpec { Every = 2 }), "translations gets answers twice"),
        ];
        return cases.Select(@case => Cell($"desk-{Short(@case.Fault.Service)}-{@case.Fault.Kind}-{(@case.Fault.Match?.MessageType?.Split('.')[^1] ?? "http")}", @case.Title, 4, @case.Fault));
    }

    private static IEnumerable<Experiment> Disrupted()
    {
        yield return Cell("desk-killed-tickets", "tickets killed while the desk works", 16, Disruption(Tickets, DisruptionVerbs.Kill, 4, 0.5));
        yield return Cell("desk-killed-communication", "communication killed while the desk works", 16, Disruption(Communication, DisruptionVerbs.Kill, 4, 0.5));
        yield return Cell("desk-cut-sla", "sla cut off from the broker for 2 s", 16, Cut(["sla"], [LinkDescription.Broker], 4, 2));
        yield return Cell("desk-disruptor", "services and links go down and come back", 24, Disruptor([Tickets, Sla, Communication, "inquiries-broker", "tickets-broker"], 4, 4));
    }

    private static IEnumerable<Experiment> DisruptedMore()
    {
        foreach (string service in new[] { Inquiries, Translations, Sla }) yield return Cell($"desk-killed-{Short(service)}", $"{Short(service)} killed while the desk works", 24, Disruption(service, DisruptionVerbs.Kill, 6, 0.5));
        foreach (string service in new[] { Tickets, Sla, Communication }) yield return Cell($"desk-paused-{Short(service)}", $"{Short(service)} paused for 6 s while the desk works, longer than its lease", 24, Disruption(service, DisruptionVerbs.Pause, 6, 6));
        yield return Cell("desk-killed-postgres-services", "the services' database server killed while the desk works", 24, Disruption("postgres/services", DisruptionVerbs.Kill, 6));
        yield return Cell("desk-killed-broker", "the broker killed while the desk works", 24, Disruption(BrokerNames.Target, DisruptionVerbs.Kill, 6));
    }

    private static IEnumerable<Experiment> EveryFault(SystemDescription system) => IntakeBattery.OneEach([.. BatteryMatrix.Of(system, new MatrixOptions
    {
        Workload = Load(3),
        Messages = Caused,
        HttpServices = [Tickets],
        WithoutOutbox = false,
        Invariants = Rules,
    }).Cells.Where(IsApt)]);

    /// <summary>Whether the workload surely brings a message to the fault, and what the fault destroys is that message alone.</summary>
    private static bool IsApt(Experiment cell)
    {
        AnomalyFault fault = cell.Schedule.OfType<AnomalyFault>().Last();
        bool isPinned = cell.Schedule.OfType<AnomalyFault>().Any(helper => helper.Pins.Count > 0);
        return (fault.Service, Message: fault.Match?.MessageType) switch
        {
            (Sla, "ticketflow.alert") => false, // No deadline passes.
            (_, "ticketflow.ticket-blocked" or "ticketflow.ticket-unblocked") when isPinned => false, // The first ticket, to which they are pinned, is not blocked.
            (Sla, "ticketflow.ticket-qualified") => fault.Cell.Effect is not (FaultEffect.Loses or FaultEffect.DeadLetters) && !fault.Point.StartsWith("deadletter.", StringComparison.Ordinal), // Whatever follows on that ticket would become a dead letter too.
            _ => true,
        };
    }

    private static WorkloadSpec Load(int operations) => new() { Name = "desk", Operations = operations, Concurrency = operations < 10 ? 2 : 8 };

    private static Experiment Cell(string name, string title, int operations, params IReadOnlyList<FaultSpec> schedule) => IntakeBattery.Cell(name, title, Load(operations), schedule) with { Invariants = Rules };
}
