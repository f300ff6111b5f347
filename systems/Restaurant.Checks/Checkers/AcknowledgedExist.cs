using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>Every acknowledged order exists, with all its items.</summary>
internal sealed class AcknowledgedExist : IChecker
{
    public const string Name = "acknowledged-exist";

    public CheckerDescription Description { get; } = new(Name, "every acknowledged order exists, with all its items");

    public FailureClass? ClassOf(string kind) => kind == "missing" ? FailureClasses.Acknowledged : FailureClasses.Transaction;

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        var evidence = Evidence.Of(context);
        foreach (PlannedOperation planned in evidence.Customers.SelectMany(customer => customer).Where(planned => planned.Operation.Outcome == Outcome.Ok))
        {
            finding.Judged();
            string? id = Evidence.Noted(planned.Operation, "order")?.GetString();
            SeenOrder? order = evidence.OrdersOf(planned.Order.Customer).FirstOrDefault(order => string.Equals(order.Id, id, StringComparison.OrdinalIgnoreCase));
            if (order is null) finding.Violates("missing", () => $"order {id} of test {planned.Order.Number} was acknowledged to customer {planned.Order.Customer} and does not exist", [planned.Operation.OperationId]);
            else if (!planned.Order.HasLines(order.Lines)) finding.Violates("incomplete", () => $"order {id} of test {planned.Order.Number} was acknowledged with {planned.Order.Items.Count} lines and has {order.Lines.Count}", [planned.Operation.OperationId]);
        }

        return finding.Build("no order was acknowledged");
    }
}
