using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>Liveness: a client that goes on trying gets its answer before the run's time is over.</summary>
internal sealed class Answered : IChecker
{
    public const string Name = "answered";

    public CheckerDescription Description { get; } = new(Name, "a client that goes on trying gets its answer before the run's time is over");

    public FailureClass? ClassOf(string kind) => FailureClasses.Answer;

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        foreach (PlannedOperation planned in Evidence.Of(context).Operations)
        {
            finding.Judged();
            if (planned.Operation.Outcome != Outcome.Ok) finding.Violates("unanswered", () => $"test {planned.Order.Number} of customer {planned.Order.Customer} ended {Evidence.Ending(planned.Operation)} after {planned.Operation.Attempts} attempts: {planned.Operation.Error}", [planned.Operation.OperationId]);
        }

        return finding.Build("there was no test");
    }
}
