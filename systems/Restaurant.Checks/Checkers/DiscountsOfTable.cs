using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>Discounts and amounts are those of the table, and the next discount comes in time.</summary>
internal sealed class DiscountsOfTable : IChecker
{
    public const string Name = "discounts";

    private const string TooHigh = "discount-too-high";
    private const string Behind = "discount-behind";
    private const string OtherThanGiven = "discount";
    private const string NextTooHigh = "next-too-high";
    private const string NextBehind = "next";

    public CheckerDescription Description { get; } = new(Name, "each order has the discount and the amount of the table, and the customer's next discount comes within 30 s");

    public FailureClass? ClassOf(string kind) => kind switch
    {
        TooHigh or NextTooHigh => FailureClasses.Idempotency, // More orders than were placed.
        Behind or NextBehind => FailureClasses.Outbox,
        OtherThanGiven => FailureClasses.Fallback,
        _ => FailureClasses.Calculation,
    };

    public bool NeedsRest => false;

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
            if (order is not null && order.Discount != planned.Order.Discount) finding.Violates(KindOf(planned, order, evidence), () => $"test {planned.Order.Number}: order {id} has a discount of {order.Discount:0.00}; it must be {planned.Order.Discount:0.00}", [planned.Operation.OperationId]);
            else if (order is not null && order.Amount != planned.Order.Amount) finding.Violates("amount", () => $"test {planned.Order.Number}: order {id} costs {order.Amount:0.00##}; it must be {planned.Order.Amount:0.00}", [planned.Operation.OperationId]);
            if (next != planned.Order.NextDiscount) finding.Violates(next > planned.Order.NextDiscount ? NextTooHigh : NextBehind, () => $"test {planned.Order.Number}: the next discount of customer {planned.Order.Customer} must be {planned.Order.NextDiscount:0.00}; within 30 s loyalty {(next is { } had ? $"gave {had:0.00}" : "gave no answer")}", [planned.Operation.OperationId]);
        }

        return finding.Build("no test was acknowledged");
    }

    /// <summary>A lower discount than that of the table is either what loyalty gave, because it had not heard of the order before, or it was made up although loyalty gave the right one.</summary>
    private static string KindOf(PlannedOperation planned, SeenOrder order, Evidence evidence)
    {
        if (order.Discount > planned.Order.Discount) return TooHigh;

        PlannedOperation? before = evidence.Operations.FirstOrDefault(other => other.Order.Customer == planned.Order.Customer && other.Order.Number == planned.Order.Number - 1);
        return before is null || Evidence.Noted(before.Operation, "next")?.GetDecimal() == planned.Order.Discount ? OtherThanGiven : Behind;
    }
}
