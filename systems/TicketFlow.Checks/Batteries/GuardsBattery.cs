using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace TicketFlow.Checks.Batteries;

/// <summary>What each guard earns: {on, off} × {fault, no fault}; only off with the fault ends in the predicted violation.</summary>
internal static class GuardsBattery
{
    private const string Inquiries = "ticketflow/inquiries";
    private const string Tickets = "ticketflow/tickets";
    private const string Submitted = "ticketflow.inquiry-submitted";
    private const string Created = "ticketflow.ticket-created";

    private sealed record Case(string Guard, string Violates, string Because, AnomalyFault Fault);

    private static IReadOnlyList<Case> Cases { get; } =
    [
        new(GuardNames.Outbox, "nothing-lost", "the process dies after the commit, before it has told anyone", Fault(Tickets, FaultPoints.TransactionCommitAfter, FaultKinds.Crash, Submitted)),
        new(GuardNames.Confirms, "nothing-lost", "a message is lost on its way to the broker", Fault(Inquiries, FaultPoints.RelaySendBefore, FaultKinds.Drop, Submitted)),
        new(GuardNames.Inbox, "effects-once", "a message is delivered twice", Fault(Inquiries, FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, Created)),
        new(GuardNames.AckAfterCommit, "nothing-lost", "the process dies before its handler has run", Fault(Tickets, FaultPoints.ConsumeHandleBefore, FaultKinds.Crash, Submitted)),
        new(GuardNames.Transaction, "nothing-lost", "the process dies between the note in the inbox and the work", Fault(Tickets, FaultPoints.ConsumeInboxAfter, FaultKinds.Crash, Submitted)),
        new(GuardNames.Ordering, "order-per-key", "an early message of a key fails once and is tried again", Fault(Inquiries, FaultPoints.ConsumeHandleBefore, FaultKinds.Exception, Created, new TriggerSpec { First = 4 })),
        new(GuardNames.Retry, "nothing-lost", "a handler fails once", Fault(Tickets, FaultPoints.ConsumeHandleBefore, FaultKinds.Exception, Submitted)),
        new(GuardNames.DeadLetter, "drains", "a message was damaged before it was stored, and no handler can ever read it", Fault(Inquiries, FaultPoints.PublishStoreBefore, FaultKinds.Corrupt, "ticketflow.translation-requested")),
        new(GuardNames.IdempotencyKey, "one-inquiry-each", "a reply is lost and the customer sends again", Fault(Inquiries, FaultPoints.HttpResponseBefore, FaultKinds.Drop, null)),
    ];

    public static Battery Of(SystemDescription system) => new("ticketflow/guards", "What each guard of TicketFlow earns", [.. Cases.SelectMany(CellsOf)]);

    private static IEnumerable<Experiment> CellsOf(Case @case)
    {
        GuardSpec off = new(@case.Guard, On: false);
        yield return CellOf(@case, "on-quiet", $"{@case.Guard} on, nothing is broken");
        yield return CellOf(@case, "on-fault", $"{@case.Guard} on, {@case.Because}") with { Schedule = [@case.Fault] };
        yield return OffQuiet(@case) with { Guards = [off] };
        yield return CellOf(@case, "off-fault", $"{@case.Guard} off, {@case.Because}") with
        {
            Guards = [off],
            Schedule = [@case.Fault],
            ExpectViolation = @case.Violates,
            // What never drains need not be waited for as long as what should.
            DrainLimit = TimeSpan.FromSeconds(@case.Violates == "drains" ? 15 : 40),
        };
    }

    // Where nothing keeps the order of two messages, a busy machine may change it without any fault: then the order is not promised, all else is.
    private static Experiment OffQuiet(Case @case)
    {
        Experiment cell = CellOf(@case, "off-quiet", $"{@case.Guard} off, nothing is broken");
        if (@case.Guard != GuardNames.Ordering) return cell;

        return cell with { Title = $"{cell.Title}; all but the order is judged", Invariants = [.. cell.Invariants.Where(rule => rule.Name != @case.Violates)] };
    }

    // Without its guard nothing keeps the order of two messages that are under way at once: so that none are but by the fault, customers come one by one.
    private static Experiment CellOf(Case @case, string name, string title) =>
        IntakeBattery.Cell($"{@case.Guard}-{name}", title, new WorkloadSpec { Name = "intake", Operations = 6, Concurrency = @case.Guard == GuardNames.Ordering ? 1 : 2, Parameters = new Dictionary<string, JsonElement> { ["foreign"] = JsonSerializer.SerializeToElement(true) } });

    private static AnomalyFault Fault(string service, FaultPoint point, string kind, string? message, TriggerSpec? trigger = null) => new()
    {
        Name = $"{kind} at {point.Name}",
        Service = service,
        Point = point.Name,
        Kind = kind,
        Match = message is null ? null : new MatchSpec { MessageType = message },
        Trigger = trigger ?? new TriggerSpec { Once = true },
    };
}
