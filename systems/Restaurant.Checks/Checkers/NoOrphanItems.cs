using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>No order without items, no items without an order.</summary>
internal sealed class NoOrphanItems : IChecker
{
    public const string Name = "no-orphan-items";

    public CheckerDescription Description { get; } = new(Name, "no order is without items, and no items are without an order");

    public FailureClass? ClassOf(string kind) => FailureClasses.Transaction;

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var evidence = Evidence.Of(context);
        foreach (IGrouping<string, PlannedOperation> customer in evidence.Customers)
        {
            finding.Judged();
            foreach (SeenOrder empty in evidence.OrdersOf(customer.Key).Where(order => order.Lines.Count == 0)) finding.Violates("empty", () => $"order {empty.Id} of customer {customer.Key} has no items", customer.Select(planned => planned.Operation.OperationId));
        }

        foreach (System.Text.Json.JsonElement half in evidence.Halves.Where(half => half.GetProperty("what").GetString() != "order without items")) finding.Violates("orphans", () => $"there are items of order {half.GetProperty("id")}, which does not exist");
        return finding.Build("no customer could be looked at");
    }
}
