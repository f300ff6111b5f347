using Faultline.Verification.Checkers;
using Restaurant.Checks.Workloads;

namespace Restaurant.Checks.Checkers;

/// <summary>Same key and body, same reply; same key and another body, 422.</summary>
internal sealed class SameReply : IChecker
{
    public const string Name = "same-reply";

    private const int Reused = 422;

    public CheckerDescription Description { get; } = new(Name, "the same key with the same order gets the same reply; with another order it gets 422");

    public FailureClass? ClassOf(string kind) => FailureClasses.Idempotency;

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        foreach (PlannedOperation planned in Evidence.Of(context).Operations)
        {
            foreach ((string name, string says) in ((string, string)[])[("race", "was sent twice at the same time"), ("again", "was sent again after it was acknowledged")])
            {
                if (Evidence.Noted(planned.Operation, name)?.GetString() is not { } reply) continue;
                finding.Judged();
                if (reply != RushWorkload.Same) finding.Violates(name, () => $"order {planned.Order.Number} of customer {planned.Order.Customer} {says} with one key, and the replies differ", [planned.Operation.OperationId]);
            }

            if (Evidence.Noted(planned.Operation, "reused")?.GetInt32() is not { } status) continue;
            finding.Judged();
            if (status != Reused) finding.Violates("reused", () => $"the key of order {planned.Order.Number} of customer {planned.Order.Customer} came with another order and was answered {status}; it must be {Reused}", [planned.Operation.OperationId]);
        }

        return finding.Build("no key was sent twice and answered twice");
    }
}
