using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>Nothing comes from nowhere: every effect and every dead letter goes back to a committed publishing, a cause and an operation that exist.</summary>
internal sealed class NoOrphans : IChecker
{
    public const string Name = "no-orphans";

    public const string GhostKind = "ghost";
    public const string StrayKind = "stray";
    public const string NoCauseKind = "unknown-cause";
    public const string NoOperationKind = "unknown-operation";
    public const string FailedButDoneKind = "failed-but-done";

    private const string Operations = "operations";

    public CheckerDescription Description { get; } = new(
        Name, "Every effect and every dead letter goes back to a committed publishing, a cause and an operation that exist.",
        new CheckerParameter(Operations, "whether operation ids must be in the history; true by default"));

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        IReadOnlyDictionary<string, Outcome>? outcomes = context.Flag(Operations, usual: true) ? LedgerTotals.OutcomeOfEach(context.History) : null;
        foreach (MessageView message in context.Ledger.Messages())
        {
            if (message.IsInjected) continue;

            finding.Judged();
            if (message.IsPublished) JudgeRoutes(message, finding);
            else JudgeGhost(message, finding);
            if (message.CausationId is { } cause && context.Ledger.Message(cause) is null)
            {
                finding.Violates(NoCauseKind, () => $"{Sentences.Name(message)} says that {cause} caused it, and no service knows that message", [message.OperationId], [message.Id]);
            }

            if (outcomes is not null && message.OperationId is { } operation) JudgeOperation(message, operation, outcomes, finding);
        }

        return finding.Build("no service knows of any message");
    }

    private static void JudgeGhost(MessageView message, FindingBuilder finding)
    {
        foreach (FactView fact in message.Facts)
        {
            if (fact.Fact is not (LedgerFact.Handled or LedgerFact.Inbox or LedgerFact.DeadLettered or LedgerFact.Parked)) continue;

            string what = fact.Fact switch
            {
                LedgerFact.Handled => "was handled at",
                LedgerFact.DeadLettered => "is among the dead letters of",
                LedgerFact.Parked => "is parked at",
                _ => "is in the inbox of",
            };
            finding.Violates(GhostKind, () => $"{Sentences.Name(message)} {what} {fact.Service}, and no committed transaction published it", [message.OperationId], [message.Id], fact.Service);
            return;
        }
    }

    private static void JudgeRoutes(MessageView message, FindingBuilder finding)
    {
        foreach (FactView fact in message.Facts)
        {
            if (fact.Fact != LedgerFact.Handled || message.GoesTo(fact.Service)) continue;

            finding.Violates(StrayKind, () => $"{Sentences.Name(message)} was handled at {fact.Service}, which no route leads to", [message.OperationId], [message.Id], fact.Service);
            return;
        }
    }

    private static void JudgeOperation(MessageView message, string operation, IReadOnlyDictionary<string, Outcome> outcomes, FindingBuilder finding)
    {
        if (!outcomes.TryGetValue(operation, out Outcome outcome))
        {
            finding.Violates(NoOperationKind, () => $"{Sentences.Name(message)}: no client did that operation", [operation], [message.Id]);
        }
        else if (outcome == Outcome.Failed && message.CausationId is null)
        {
            finding.Violates(FailedButDoneKind, () => $"{Sentences.Name(message)} is there although the client was told that the operation is not done and never will be", [operation], [message.Id]);
        }
    }
}
