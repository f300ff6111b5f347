using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>Loyalty knows exactly the orders that exist. It is asked as anybody may ask it: by the discount, which counts up to ten orders.</summary>
internal sealed class LoyaltyAgrees : IChecker
{
    public const string Name = "loyalty-agrees";

    private const int CountedMax = 10;

    public CheckerDescription Description { get; } = new(Name, "loyalty knows exactly the orders that exist");

    public FailureClass? ClassOf(string kind) => kind == "missing" ? FailureClasses.Outbox : FailureClasses.ToldTooEarly;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var evidence = Evidence.Of(context);
        foreach (IGrouping<string, PlannedOperation> customer in evidence.Customers)
        {
            finding.Judged();
            int orders = evidence.OrdersOf(customer.Key).Count();
            int known = (int)(evidence.Discounts[customer.Key] * 100);
            if (known != Math.Min(orders, CountedMax)) finding.Violates(known < orders ? "missing" : "too-many", () => $"customer {customer.Key} has {orders} orders, and loyalty knows {known} of them", customer.Select(planned => planned.Operation.OperationId));
        }

        return finding.Build("no customer could be looked at");
    }
}
