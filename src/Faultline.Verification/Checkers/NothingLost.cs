using Faultline.Protocol.Histories;
using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>Every message that a transaction published had its effect at each of its consumers, or is kept somewhere.</summary>
internal sealed class NothingLost : IChecker
{
    public const string Name = "nothing-lost";

    public const string LostKind = "lost";
    public const string HalfDoneKind = "half-done";
    public const string NotStartedKind = "acknowledged-without-trace";

    private const string Publishing = "publishing";

    public CheckerDescription Description { get; } = new(
        Name, "Every published message had its effect at each consumer, or is kept in a queue, an outbox, a retry or the dead letters.",
        new CheckerParameter(Publishing, "names of operations that must publish something when they are acknowledged; none by default"));

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        foreach (Delivery delivery in context.Ledger.Deliveries())
        {
            if (delivery.Fate is Fate.Injected or Fate.Cancelled) continue;

            finding.Judged();
            if (delivery.Fate == Fate.Lost)
            {
                finding.Violates(LostKind, () => $"{Sentences.Name(delivery)}, published by {delivery.Publisher}, never reached {delivery.Consumer}", [delivery.OperationId], [delivery.MessageId], delivery.Consumer);
            }
            else if (delivery.Fate == Fate.HalfDone)
            {
                finding.Violates(
                    HalfDoneKind, () => $"{Sentences.Name(delivery)} is in the inbox of {delivery.Consumer} and taken for handled, but its effect was never committed",
                    [delivery.OperationId], [delivery.MessageId], delivery.Consumer);
            }
        }

        JudgeOperations(context, finding);
        return finding.Build("no message was published");
    }

    private static void JudgeOperations(CheckContext context, FindingBuilder finding)
    {
        IReadOnlyList<string> publishing = context.Names(Publishing);
        foreach (Operation operation in context.History.Operations)
        {
            if (operation.Outcome != Outcome.Ok || !publishing.Contains(operation.Name)) continue;

            finding.Judged();
            if (!context.Ledger.Knows(operation.OperationId))
            {
                finding.Violates(
                    NotStartedKind, () => $"operation {operation.OperationId} ('{operation.Name}'{(operation.Subject is null ? "" : $", {operation.Subject}")}) was acknowledged, and no service knows of a message of it",
                    [operation.OperationId]);
            }
        }
    }
}
