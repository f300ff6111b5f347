using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>Discounts and amounts are those of the table, and the next discount comes in time.</summary>
internal sealed class DiscountsOfTable : IChecker
{
    public const string Name = "discounts";

    public CheckerDescription Description { get; } = new(Name, "each order has the discount and the amount of the table, and the customer's next discount comes within 30 s");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var evidence = Evidence.Of(context);
        foreach (PlannedOperation planned in evidence.Operations.Where(planned => planned.Order.Discount is not null && planned.Operation.Outcome == Outcome.Ok))
        {
            finding.Judged();
            string? id = Evidence.Noted(planned.Operation, "order")?.GetString();
            decimal? next = Evidence.Noted(planned.Operation, "next")?.GetDecimal();
            SeenOrder? order = evidence.OrdersOf(planned.Order.Customer).FirstOrDefault(order => string.Equals(order.Id, id, StringComparison.OrdinalIgnoreCase));
            if (order is not null && order.Discount != planned.Order.Discount) finding.Violates("discount", () => $"test {planned.Order.Number}: order {id} has a discount of {order.Discount:0.00}; it must be {planned.Order.Discount:0.00}", [planned.Operation.OperationId]);
            else if (order is not null && order.Amount != planned.Order.Amount) finding.Violates("amount", () => $"test {planned.Order.Number}: order {id} costs {order.Amount:0.00##}; it must be {planned.Order.Amount:0.00}", [planned.Operation.OperationId]);
            if (next != planned.Order.NextDiscount) finding.Violates("next", () => $"test {planned.Order.Number}: the next discount of customer {planned.Order.Customer} must be {planned.Order.NextDiscount:0.00}; within 30 s loyalty {(next is { } had ? $"gave {had:0.00}" : "gave no answer")}", [planned.Operation.OperationId]);
        }

        return finding.Build("no test was acknowledged");
    }
}
