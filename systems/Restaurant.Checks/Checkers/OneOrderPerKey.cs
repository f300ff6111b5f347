using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>One key is one order, however often it was sent.</summary>
internal sealed class OneOrderPerKey : IChecker
{
    public const string Name = "one-order-per-key";

    public CheckerDescription Description { get; } = new(Name, "one key is one order, however often it was sent; a refused one is none");

    public FailureClass? ClassOf(string kind) => kind switch { "twice" => FailureClasses.Idempotency, "refused-and-done" => FailureClasses.Refused, "unexpected" => FailureClasses.Transaction, _ => null };

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var evidence = Evidence.Of(context);
        foreach (IGrouping<string, PlannedOperation> customer in evidence.Customers)
        {
            foreach (PlannedOperation planned in customer)
            {
                finding.Judged();
                SeenOrder[] orders = evidence.OrdersOf(planned);
                string ids = string.Join(", ", orders.Select(order => order.Id));
                if (orders.Length > 1) finding.Violates("twice", () => $"test {planned.Order.Number} of customer {customer.Key} was sent {planned.Operation.Attempts} times with one key, and there are {orders.Length} orders of it: {ids}", [planned.Operation.OperationId]);
                else if (orders.Length == 1 && planned.Operation.Outcome == Outcome.Failed) finding.Violates("refused-and-done", () => $"test {planned.Order.Number} of customer {customer.Key} was refused, and there is order {ids} of it", [planned.Operation.OperationId]);
            }

            foreach (SeenOrder stranger in evidence.OrdersOf(customer.Key).Where(order => order.Lines.Count > 0 && !customer.Any(planned => planned.Order.HasLines(order.Lines))))
            {
                finding.Violates("unexpected", () => $"order {stranger.Id} of customer {customer.Key} has lines that nobody ordered: {string.Join(", ", stranger.Lines.Select(line => $"{line.Quantity} {line.Id}"))}", [customer.First().Operation.OperationId]);
            }
        }

        return finding.Build("no customer could be looked at");
    }
}
