using Faultline.Verification.Experiments;
using Restaurant.Checks.Plans;

namespace Restaurant.Checks.Batteries;

/// <summary>The ladder from naive to resilient: each rung has one guard more than the one before, and all are judged by the same tests.</summary>
internal static class LadderBattery
{
    /// <summary>The guards, in the order in which they are added.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["validation", "idempotency-key", "transaction", "http-retry", "detached-work", "outbox", "parallel-reads", "price-cache", "breaker"];

    public static Battery Of(SystemDescription system) => new("restaurant/ladder", "Tests 1 to 6 on each rung, from naive to resilient", [.. Enumerable.Range(0, Steps.Count + 1).Select(Rung)]);

    private static Experiment Rung(int rung) =>
        TestsBattery.Tests($"rung-{rung}-{(rung == 0 ? "naive" : Steps[rung - 1])}", rung == 0 ? "no guard" : $"with {Steps[rung - 1]}{(rung > 1 ? ", and all before it" : "")}", OrderPlans.TestsMax) with
        {
            Guards = [.. Steps.Skip(rung).Select(guard => new GuardSpec(guard, On: false, "restaurant/orders"))],
        };
}
