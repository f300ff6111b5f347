using Faultline.Verification.Checkers;
using Restaurant.Checks.Plans;

namespace Restaurant.Checks.Checkers;

/// <summary>Amounts, computed again, are equal.</summary>
internal sealed class Amounts : IChecker
{
    public const string Name = "amounts";

    /// <summary>The lines are not those of any order that was placed: some are missing, and the amount is that of the whole.</summary>
    private const string Part = "part";

    public CheckerDescription Description { get; } = new(Name, "the amount of each order is the sum of price × quantity, less its discount");

    public FailureClass? ClassOf(string kind) => kind == Part ? FailureClasses.Transaction : FailureClasses.Calculation;

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var evidence = Evidence.Of(context);
        foreach (SeenOrder order in evidence.Orders.Where(order => order.Lines.Count > 0))
        {
            finding.Judged();
            decimal amount = Prices.AmountOf(order.Lines, order.Discount);
            if (amount != order.Amount) finding.Violates(OperationOf(evidence, order) is null ? Part : "wrong", () => $"order {order.Id} of customer {order.Customer} says {order.Amount:0.00##}; with its discount of {order.Discount:0.00} it is {amount:0.00##}", [OperationOf(evidence, order)]);
        }

        return finding.Build("there is no order");
    }

    private static string? OperationOf(Evidence evidence, SeenOrder order) => evidence.Operations.FirstOrDefault(planned => planned.Order.Customer == order.Customer && planned.Order.HasLines(order.Lines))?.Operation.OperationId;
}
