using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Histories;
using Restaurant.Checks.Workloads;

namespace Restaurant.Checks.Checkers;

/// <summary>What cannot be served is refused at once and for good.</summary>
internal sealed class BadOrdersRefused : IChecker
{
    public const string Name = "bad-orders-refused";

    public CheckerDescription Description { get; } = new(Name, "an order that cannot be served is refused with a 4xx, at once");

    public FailureClass? ClassOf(string kind) => FailureClasses.Validation;

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        foreach (Operation operation in context.History.Operations.Where(operation => operation.Name == BadOrdersWorkload.Name))
        {
            finding.Judged();
            string says = Evidence.Noted(operation, "says")?.GetString() ?? "";
            if (says == BadOrdersWorkload.Good)
            {
                if (operation.Outcome != Outcome.Ok) finding.Violates("good-refused", () => $"an order with {says} was not accepted: {operation.Error}", [operation.OperationId]);
            }
            else if (operation.Outcome == Outcome.Ok) finding.Violates("accepted", () => $"an order with {says} was accepted", [operation.OperationId]);
            else if (operation.Outcome != Outcome.Failed) finding.Violates("not-final", () => $"an order with {says} was not refused but failed, so that its client tried {operation.Attempts} times: {operation.Error}", [operation.OperationId]);
        }

        return finding.Build("no bad order was sent");
    }
}
