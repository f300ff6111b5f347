using System.Text.Json;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Restaurant.Checks.Checkers;
using Restaurant.Checks.Plans;
using Restaurant.Checks.Workloads;

namespace Restaurant.Checks.Batteries;

/// <summary>The tests of the workshop, and the rush.</summary>
internal static class TestsBattery
{
    private const int RushOrders = 40;

    private static readonly string[] AlwaysRules =
    [
        OneOrderPerKey.Name, AcknowledgedExist.Name, Amounts.Name, LoyaltyAgrees.Name, NoOrphanItems.Name, .. CheckerRegistry.WithoutMessages,
    ];

    /// <summary>The rules of the tests.</summary>
    public static IReadOnlyList<InvariantSpec> TestRules { get; } = [.. AlwaysRules.Append(DiscountsOfTable.Name).Append(Answered.Name).Select(Rule)];

    /// <summary>The rules of the rush, whose clients may give up and overtake each other.</summary>
    public static IReadOnlyList<InvariantSpec> RushRules { get; } = [.. AlwaysRules.Append(SameReply.Name).Select(Rule)];

    public static Battery Single(SystemDescription system) => new("restaurant/single", "Test 1 of the restaurant", [Tests("single", "one order", 1)]);

    public static Battery Half(SystemDescription system) => new("restaurant/half", "Tests 1 to 3 of the restaurant", [Tests("half", "three orders of two customers", 3)]);

    public static Battery Complete(SystemDescription system) => new("restaurant/complete", "Tests 1 to 6 of the restaurant", [Tests("complete", "six orders of three customers", OrderPlans.TestsMax)]);

    public static Battery Rush(SystemDescription system) => new("restaurant/rush", "Many customers at once", [RushCell("rush", $"{OrderPlans.RushCustomers} customers with {RushOrders / OrderPlans.RushCustomers} orders each, in parallel")]);

    public static Battery BadOrders(SystemDescription system) => new("restaurant/bad-orders", "Orders that cannot be served", [BadOrdersCell("bad-orders", "orders that cannot be served, and one that can", concurrency: BadOrdersWorkload.Count)]);

    /// <summary>Orders that cannot be served.</summary>
    public static Experiment BadOrdersCell(string name, string title, int concurrency) => new()
    {
        Name = name,
        Title = title,
        System = "restaurant",
        Workload = new WorkloadSpec { Name = BadOrdersWorkload.Name, Operations = BadOrdersWorkload.Count, Concurrency = concurrency },
        Invariants = [Rule(BadOrdersRefused.Name)],
    };

    /// <summary>Tests one after the other.</summary>
    public static Experiment Tests(string name, string title, int tests) => new()
    {
        Name = name,
        Title = title,
        System = "restaurant",
        Workload = new WorkloadSpec { Name = TestsWorkload.Name, Operations = tests },
        Invariants = TestRules,
    };

    /// <summary>Customers in parallel.</summary>
    public static Experiment RushCell(string name, string title) => new()
    {
        Name = name,
        Title = title,
        System = "restaurant",
        Workload = new WorkloadSpec { Name = RushWorkload.Name, Operations = RushOrders, Concurrency = OrderPlans.RushCustomers },
        Invariants = RushRules,
    };

    public static InvariantSpec Rule(string name) => new(name, new Dictionary<string, JsonElement>());
}
