using Faultline.Protocol.Faults;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Restaurant.Checks.Checkers;
using Restaurant.Checks.Workloads;

namespace Restaurant.Checks.Batteries;

/// <summary>What each correctness guard earns: with its fault, on and off; only off ends in the predicted violation.</summary>
internal static class GuardsBattery
{
    private const string Orders = "restaurant/orders";

    /// <param name="Guard">The guard that is switched.</param>
    /// <param name="Without">Guards that are off in both, because they would hide what it does.</param>
    /// <param name="Violates">What must break without it.</param>
    /// <param name="Because">What happens.</param>
    /// <param name="Fault">By which fault; null when none is needed.</param>
    private sealed record Case(string Guard, IReadOnlyList<string> Without, string Violates, string Because, AnomalyFault? Fault);

    private static IReadOnlyList<Case> Cases { get; } =
    [
        new("idempotency-key", [], OneOrderPerKey.Name, "a reply is lost and the client sends again", Fault(FaultPoints.HttpResponseBefore, FaultKinds.Drop)),
        new("transaction", [], NoOrphanItems.Name, "the process dies between the order and its items", Fault(FaultPoints.PublishStoreBefore, FaultKinds.Crash)),
        new("outbox", [], LoyaltyAgrees.Name, "the process dies after the commit, before loyalty is told", Fault(FaultPoints.TransactionCommitAfter, FaultKinds.Crash)),
        new("http-retry", [], DiscountsOfTable.Name, "a call to loyalty is never answered", Fault(FaultPoints.HttpSendBefore, FaultKinds.Hang, new MatchSpec { Method = "POST" })),
        // With the outbox nothing is left to do after the commit: this guard earns something only where loyalty is told in line.
        new("detached-work", ["outbox"], LoyaltyAgrees.Name, "the client gives up while the order has just been committed", Fault(FaultPoints.TransactionCommitAfter, FaultKinds.Delay) with { Parameters = new AnomalyParameters { DelayMs = 7_000 } }),
        new("validation", [], BadOrdersRefused.Name, "orders come that cannot be served", null),
    ];

    public static Battery Of(SystemDescription system) => new("restaurant/guards", "What each correctness guard of Orders earns", [.. Cases.SelectMany(CellsOf)]);

    private static IEnumerable<Experiment> CellsOf(Case @case)
    {
        yield return CellOf(@case, "on", [.. @case.Without]);
        yield return CellOf(@case, "off", [.. @case.Without, @case.Guard]) with { ExpectViolation = @case.Violates };
    }

    private static Experiment CellOf(Case @case, string state, IReadOnlyList<string> off)
    {
        Experiment cell = TestsBattery.Tests($"{@case.Guard}-{state}", $"{@case.Guard} {state}: {@case.Because}", 2);
        if (@case.Fault is null) cell = TestsBattery.BadOrdersCell(cell.Name, cell.Title, concurrency: 1);
        return cell with { Guards = [.. off.Select(guard => new GuardSpec(guard, On: false, Orders))], Schedule = @case.Fault is { } fault ? [fault] : [] };
    }

    private static AnomalyFault Fault(FaultPoint point, string kind, MatchSpec? match = null) => new()
    {
        Name = $"{kind} at {point.Name}",
        Service = Orders,
        Point = point.Name,
        Kind = kind,
        Match = match,
        Trigger = new TriggerSpec { Once = true },
    };
}
