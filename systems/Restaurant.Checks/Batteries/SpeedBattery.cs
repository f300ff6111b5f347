using System.Text.Json;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Restaurant.Checks.Checkers;

namespace Restaurant.Checks.Batteries;

/// <summary>What each guard of speed or load saves: with its fault, on and off. No rule of the orders breaks without it; what it is there for is measured, and only off goes over the limit.</summary>
internal static class SpeedBattery
{
    private const string Orders = "restaurant/orders";
    private const string SlowMenu = "slow menu";
    private const string DeadLoyalty = "dead loyalty";

    /// <summary>Three of the first four tests are of two products.</summary>
    private const int TestsCount = 4;

    /// <summary>Longer than anything else that an order takes, and well within the limit of a try.</summary>
    private static readonly TimeSpan MenuTakes = TimeSpan.FromSeconds(2);

    /// <summary>Between the time of one call to the menu and that of two.</summary>
    private const double AnswerWithinSeconds = 3.5;

    /// <summary>Each of the three products once, and some more: an Orders that has just started on a busy machine may take longer for a try than it may take, and asks again. Forty orders of two products each are eighty.</summary>
    private const int PricesMax = 20;

    private static readonly TimeSpan LoyaltyIsDeadFor = TimeSpan.FromSeconds(10);

    /// <summary>Eight failures open the breaker, while each of about ten clients may have a call under way; from then on one call in each half second, ten seconds long.</summary>
    private const int DeadCallsMax = 60;

    public static Battery Of(SystemDescription system) => new("restaurant/speed", "What each guard of speed or load of Orders saves", [.. Cells()]);

    private static IEnumerable<Experiment> Cells() =>
    [
        .. Pair("parallel-reads", ["price-cache"], "the menu takes two seconds for each price", Rule(QuickAnswers.Name, (QuickAnswers.Within, AnswerWithinSeconds)), TestsBattery.Tests("", "", TestsCount), [Slow(MenuTakes)]),
        // An Orders that has just started knows no price yet.
        .. Pair("price-cache", [], "forty orders of three products, one after the other", Rule(FewCalls.Name, (FewCalls.Fault, SlowMenu), (FewCalls.Max, PricesMax)), OneByOne(TestsBattery.RushCell("", "")),
            [new DisruptionFault { Name = "fresh orders", Target = Orders, Verb = DisruptionVerbs.Restart }, Slow(TimeSpan.FromMilliseconds(20))]),
        .. Pair("breaker", [], "loyalty answers nothing but 503 for ten seconds", Rule(FewCalls.Name, (FewCalls.Fault, DeadLoyalty), (FewCalls.Max, DeadCallsMax)), TestsBattery.RushCell("", ""),
            [new HttpLinkFault { Name = DeadLoyalty, Link = "orders-loyalty", Kinds = ["status"], For = LoyaltyIsDeadFor }]),
    ];

    private static IEnumerable<Experiment> Pair(string guard, IReadOnlyList<string> without, string because, InvariantSpec rule, Experiment cell, IReadOnlyList<FaultSpec> faults) =>
        from isOn in new[] { true, false }
        let state = isOn ? "on" : "off"
        select cell with
        {
            Name = $"{guard}-{state}",
            Title = $"{guard} {state}: {because}",
            Guards = [.. without.Concat(isOn ? [] : [guard]).Select(off => new GuardSpec(off, On: false, Orders))],
            Schedule = faults,
            Invariants = [.. cell.Invariants, rule],
            ExpectViolation = isOn ? null : rule.Name,
        };

    private static Experiment OneByOne(Experiment cell) => cell with { Workload = cell.Workload with { Concurrency = 1 } };

    private static HttpLinkFault Slow(TimeSpan latency) => new()
    {
        Name = SlowMenu,
        Link = "orders-menu",
        Kinds = ["latency"],
        Attributes = new Dictionary<string, JsonElement> { ["latency_ms"] = JsonSerializer.SerializeToElement(latency.TotalMilliseconds) },
    };

    private static InvariantSpec Rule(string name, params IEnumerable<(string Name, object Value)> parameters) => new(name, parameters.ToDictionary(one => one.Name, one => JsonSerializer.SerializeToElement(one.Value)));
}
