using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Verdicts;

/// <summary>One reason for a verdict.</summary>
/// <param name="Verdict">What it says about the cell.</param>
/// <param name="Text">One sentence.</param>
public sealed record VerdictNote(Verdict Verdict, string Text);

/// <summary>What a fault did.</summary>
/// <param name="Name">Its name in the schedule.</param>
/// <param name="Says">The fault in a few words.</param>
/// <param name="Fired">How often it acted.</param>
/// <param name="Matched">How many messages it looked at and found to match.</param>
/// <param name="StartedAt">When it was placed.</param>
/// <param name="EndedAt">When it was removed.</param>
/// <param name="Problem">Why it did not act.</param>
public sealed record FaultVerdict(string Name, string Says, long Fired, long Matched, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Problem);

/// <summary>The verdict on one experiment, with everything that led to it.</summary>
public sealed record CellVerdict
{
    /// <summary>The experiment as it ran.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>The verdict: the worst of all notes and findings.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why, worst first. Empty only for a plain pass.</summary>
    public required IReadOnlyList<VerdictNote> Notes { get; init; }

    /// <summary>What each checker found, predicted violations included.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The violations that no fault predicts.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>The violations that the faults predict, or that the experiment expects.</summary>
    public required IReadOnlyList<Violation> Predicted { get; init; }

    /// <summary>The faults.</summary>
    public required IReadOnlyList<FaultVerdict> Faults { get; init; }

    /// <summary>The account in figures.</summary>
    public required LedgerTotals Totals { get; init; }

    /// <summary>The first reason in one line.</summary>
    public string Reason => Notes.Count > 0 ? Notes[0].Text : "every rule held";
}
