using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Verification.Scenarios;

namespace Restaurant.Checks.Scenarios;

/// <summary>The stories of the restaurant: each the same for a guard that is on and off.</summary>
internal static class RestaurantScenarios
{
    private const string Name = "restaurant", Orders = "restaurant/orders";

    public static IReadOnlyList<Scenario> All { get; } = [OrderedTwice, LoyaltyNeverTold];

    private static Scenario OrderedTwice => new Scenario
    {
        Id = "ordered-twice",
        System = Name,
        Title = "The waiter's answer is lost",
        Story = "A guest orders two burgers. The order is stored, but the answer never arrives, so the guest orders again.",
        Breaks = "One answer of the orders service is lost.",
        Watch = ["the arrow from the client to orders", "the list of the guest's orders"],
        Guarded = "The second request carries the same key and gets the stored answer: there is one order.",
        Unguarded = "The second request is a second order: four burgers, and the guest pays for all of them.",
        Guard = new ScenarioGuard(Orders, GuardNames.IdempotencyKey),
        Steps = [],
    }.With(FaultPoints.HttpResponseBefore, FaultKinds.Drop, "Loses one answer.");

    private static Scenario LoyaltyNeverTold => new Scenario
    {
        Id = "loyalty-never-told",
        System = Name,
        Title = "The kitchen knows, loyalty does not",
        Story = "The order is committed, and the process dies before loyalty hears of it. The platform starts it again at once.",
        Breaks = "The orders service dies right after its database has committed the order.",
        Watch = ["the outbox of orders", "the arrow from orders to loyalty"],
        Guarded = "What loyalty must hear was stored with the order, and is told after the restart.",
        Unguarded = "What loyalty must hear was only in the memory of the process that died. The guest's points are lost.",
        Guard = new ScenarioGuard(Orders, GuardNames.Outbox),
        Steps = [],
    }.With(FaultPoints.TransactionCommitAfter, FaultKinds.Crash, "Dies once, right after the commit.");

    /// <summary>The steps that all of them have: the guard, the fault, a guest, a look, and everything as it was.</summary>
    private static Scenario With(this Scenario story, FaultPoint point, string kind, string says) => story with
    {
        Steps =
        [
            .. ScenarioSteps.Switch(story.Guard),
            ScenarioSteps.Break("The fault is set", says, new { service = Orders, point = point.Name, kind, trigger = new { once = true }, createdBy = "scenario" }),
            new ScenarioStep("order", "A guest orders", "As the guest's page does it: with a key, and again with the same key while there is no answer.")
            {
                Request = new ScenarioRequest("POST", $"/apps/{Orders}/orders")
                {
                    Headers = new Dictionary<string, string> { ["Idempotency-Key"] = "{play}" },
                    Body = ScenarioSteps.Json(new { customerId = "marta", items = new[] { new { id = "burger", quantity = 2 } } }),
                },
                MayFail = true,
                Saves = new Dictionary<string, string> { ["order"] = "orderId" },
            },
            new ScenarioStep("look", "Look at the guest's orders", "How often was it ordered?") { Request = new ScenarioRequest("GET", $"/apps/{Orders}/orders?customerId=marta"), MayFail = true },
            .. ScenarioSteps.PutBack(story.Guard),
        ],
    };
}
