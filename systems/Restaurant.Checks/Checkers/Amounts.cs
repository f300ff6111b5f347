using Faultline.Verification.Checkers;
using Restaurant.Checks.Plans;

namespace Restaurant.Checks.Checkers;

/// <summary>Amounts, computed again, are equal.</summary>
internal sealed class Amounts : IChecker
{
    public const string Name = "amounts";

    public CheckerDescription Description { get; } = new(Name, "the amount of each order is the sum of price × quantity, less its discount");

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var evidence = Evidence.Of(context);
        foreach (SeenOrder order in evidence.Orders.Where(order => order.Lines.Count > 0))
        {
            finding.Judged();
            decimal amount = Prices.AmountOf(order.Lines, order.Discount);
            if (amount != order.Amount) finding.Violates("wrong", () => $"order {order.Id} of customer {order.Customer} says {order.Amount:0.00##}; with its discount of {order.Discount:0.00} it is {amount:0.00##}", [OperationOf(evidence, order)]);
        }

        return finding.Build("there is no order");
    }

    private static string? OperationOf(Evidence evidence, SeenOrder order) => evidence.Operations.FirstOrDefault(planned => planned.Order.Customer == order.Customer && planned.Order.HasLines(order.Lines))?.Operation.OperationId;
}
