using Faultline.Verification.Histories;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>The edge around every checker: whatever it does, the verdict is never better than what was seen.</summary>
public static class Judge
{
    /// <summary>Of how many violations of a finding the journey is told.</summary>
    public const int JourneysMax = 25;

    /// <summary>Lets a checker judge.</summary>
    /// <param name="checker">Any checker.</param>
    /// <param name="context">What it may see.</param>
    public static Finding Run(IChecker checker, CheckContext context)
    {
        string name = checker.Description.Name;
        Finding finding;
        try
        {
            finding = checker.Check(context);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return Finding.Inconclusive(name, $"the checker itself failed: {error.GetType().Name}: {error.Message}"); // A broken judge acquits nobody.
        }

        return WithJourneys(WithClasses(AtRest(Held(name, finding), checker, context), checker), context);
    }

    /// <summary>What a finding must be, whoever wrote the checker.</summary>
    private static Finding Held(string name, Finding finding) => finding switch
    {
        { Violations.Count: > 0 } or { ViolationCount: > 0 } =>
            finding with { Checker = name, Verdict = Verdict.Failed, ViolationCount = Math.Max(finding.ViolationCount, finding.Violations.Count) },
        { Verdict: Verdict.Failed } => Finding.Inconclusive(name, "the checker says 'failed' and names no violation"),
        { Verdict: Verdict.Passed, Judged: <= 0 } => Finding.Inconclusive(name, finding.Reason ?? "the checker saw no data"),
        _ => finding with { Checker = name },
    };

    // That the system did not come to rest is a violation of its own; blaming it for a loss besides would accuse it of what nobody has seen.
    private static Finding AtRest(Finding finding, IChecker checker, CheckContext context) =>
        finding.Verdict == Verdict.Failed && checker.NeedsRest && context.Drain is { Drained: false }
            ? Finding.Inconclusive(finding.Checker, $"the system had not come to rest, and what is missing may still be under way; seen so far: {Said(finding)}")
            : finding;

    private static string Said(Finding finding) =>
        (finding.Violations.Count > 0 ? finding.Violations[0].Sentence : "violations that are not told one by one") + (finding.ViolationCount > 1 ? $" (and {finding.ViolationCount - 1} more)" : "");

    private static Finding WithClasses(Finding finding, IChecker checker) =>
        finding with { Violations = [.. finding.Violations.Select(violation => violation with { Class = violation.Class ?? checker.ClassOf(violation.Kind) })] };

    private static Finding WithJourneys(Finding finding, CheckContext context)
    {
        if (finding.Violations.Count == 0) return finding;

        List<Violation> told = [.. finding.Violations];
        var wanted = new HashSet<string>();
        foreach (Violation violation in told.Take(JourneysMax))
        {
            wanted.UnionWith(violation.Operations);
            if (violation.Messages.Count > 0 && context.Ledger.Message(violation.Messages[0])?.OperationId is { } id) wanted.Add(id);
        }

        Dictionary<string, Operation> operations = [];
        foreach (Operation operation in context.History.Operations)
        {
            if (wanted.Contains(operation.OperationId)) operations.TryAdd(operation.OperationId, operation);
        }

        for (int at = 0; at < Math.Min(JourneysMax, told.Count); at++)
        {
            Violation violation = told[at];
            if (violation.Journey.Count > 0) continue;

            told[at] = violation with
            {
                Journey = violation.Messages.Count > 0 ? Journeys.OfMessage(context.Ledger, operations, violation.Messages[0])
                    : violation.Operations.Count > 0 ? Journeys.OfOperation(context.Ledger, operations, violation.Operations[0])
                    : [],
            };
        }

        return finding with { Violations = told };
    }
}
