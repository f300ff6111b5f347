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

        return WithJourneys(Held(name, finding), context);
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
