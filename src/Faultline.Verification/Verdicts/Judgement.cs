using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Ledger;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Verdicts;

/// <summary>
/// From what happened to a verdict: let every checker judge, see that every fault fired, take out what the faults predict, and let the worst win.
/// </summary>
public static class Judgement
{
    /// <summary>The rule of violations that the account of dead letters shows.</summary>
    public const string DeadLettersRule = "dead-letters";

    /// <summary>The rule of predicted effects that did not come.</summary>
    public const string PredictionRule = "prediction";

    /// <summary>The rule of the hypothesis.</summary>
    public const string HypothesisRule = "hypothesis";

    /// <summary>Judges one cell.</summary>
    /// <param name="run">What happened.</param>
    /// <param name="registry">The checkers.</param>
    public static CellVerdict Of(CellRun run, CheckerRegistry registry)
    {
        IReadOnlyList<FaultVerdict> faults = [.. run.Experiment.Schedule.Select(fault => Look(fault, run))];
        IReadOnlyList<Finding> findings = Findings(run, faults, registry);
        var notes = new List<VerdictNote>(Premises(run, faults));
        // A profile is one fault of many parts: whether a part meets anything is up to the load and the dice.
        if (run.Profile.Count > 0 && run.Profile.All(part => part.Fired == 0)) notes.Add(new VerdictNote(Verdict.Inconclusive, $"the profile '{run.Experiment.Profile}' did nothing: none of its faults fired"));
        Outcomes outcomes = run.Experiment.ExpectViolation is { } expected
            ? Expected(expected, findings, isSilent: notes.Count > 0)
            : Predicted(run, findings);
        (IReadOnlyList<Violation> hypothesis, IReadOnlyList<VerdictNote> probes) = Hypotheses.Judge(run);
        notes.AddRange(outcomes.Notes);
        notes.AddRange(probes);
        return new CellVerdict
        {
            Experiment = run.Experiment,
            Findings = findings,
            Faults = [.. faults, .. run.Profile],
            Predicted = outcomes.Predicted,
            Violations = [.. outcomes.Violations, .. hypothesis],
            Notes = [.. notes.OrderByDescending(note => note.Verdict)],
            Totals = LedgerTotals.Of(run.Context.Ledger, run.Context.History),
            Verdict = VerdictLadder.Worst([.. notes.Select(note => note.Verdict), Verdict.Passed]),
        };
    }

    private static IReadOnlyList<Finding> Findings(CellRun run, IReadOnlyList<FaultVerdict> faults, CheckerRegistry registry)
    {
        CheckContext context = run.Context with { Faults = [.. faults.Select(fault => new FaultCount(fault.Name, fault.Matched, fault.Fired))] };
        IReadOnlyList<InvariantSpec> rules = run.Experiment.Invariants.Count > 0
            ? run.Experiment.Invariants
            : [.. CheckerRegistry.Usual.Select(name => new InvariantSpec(name, new Dictionary<string, System.Text.Json.JsonElement>()))];
        List<InvariantSpec> all = [.. rules];
        // What was injected must be gone, whether the experiment asks for it or not.
        if (all.TrueForAll(rule => rule.Name != NoLeftoverFault.Name)) all.Add(new InvariantSpec(NoLeftoverFault.Name, new Dictionary<string, System.Text.Json.JsonElement>()));
        if (run.Experiment.ExpectViolation is { } expected && all.TrueForAll(rule => rule.Name != expected)) all.Add(new InvariantSpec(expected, new Dictionary<string, System.Text.Json.JsonElement>()));
        return
        [
            .. all.Select(rule => registry.Find(rule.Name) is { } checker
                ? Judge.Run(checker, context with { Parameters = rule.Parameters })
                : Finding.Inconclusive(rule.Name, "there is no such checker")),
        ];
    }

    private static FaultVerdict Look(FaultSpec fault, CellRun run)
    {
        FaultRun? was = run.Faults.FirstOrDefault(candidate => candidate.Name == fault.Name);
        long fired = fault is AnomalyFault ? FiringsOf(was, run).Count() : was?.Executed ?? 0;
        return new FaultVerdict(fault.Name, fault.Says, fired, Math.Max(was?.Matched ?? 0, fired), was?.StartedAt, was?.EndedAt, was?.Problem);
    }

    private static IEnumerable<Firing> FiringsOf(FaultRun? fault, CellRun run) => fault is null ? [] : run.Firings.Where(firing => fault.AnomalyIds.Contains(firing.AnomalyId));

    /// <summary>What must be so before a pass can mean anything.</summary>
    private static IEnumerable<VerdictNote> Premises(CellRun run, IReadOnlyList<FaultVerdict> faults)
    {
        if (run.Obstacle is { } obstacle) yield return new VerdictNote(Verdict.Inconclusive, obstacle);

        if (run.Context.History.Count == 0) yield return new VerdictNote(Verdict.Inconclusive, "the workload did no operation");
        else if (run.Context.History.Operations.All(operation => operation.Outcome == Outcome.Failed)) yield return new VerdictNote(Verdict.Inconclusive, "every operation of the workload failed, so nothing was tried");

        foreach (FaultVerdict fault in faults.Where(fault => fault.Fired == 0))
        {
            string why = fault.Problem ?? (fault.StartedAt is null ? "its moment did not come" : fault.Matched == 0 ? "nothing that it matches came by" : $"{fault.Matched} matched, and its trigger chose none");
            yield return new VerdictNote(Verdict.Inconclusive, $"the fault '{fault.Name}' ({fault.Says}) did not fire: {why}");
        }
    }

    /// <summary>The experiment is about one violation: it passes with it and not without. What else broke is shown, and counts only if the run left faults behind.</summary>
    private static Outcomes Expected(string expected, IReadOnlyList<Finding> findings, bool isSilent)
    {
        Finding wanted = findings.First(finding => finding.Checker == expected);
        var outcomes = new Outcomes();
        foreach (Finding finding in findings.Where(finding => finding.Verdict == Verdict.Failed))
        {
            if (finding.Checker == NoLeftoverFault.Name && expected != NoLeftoverFault.Name) outcomes.Fail(finding, finding.Violations);
            else outcomes.Predicted.AddRange(finding.Violations);
        }

        switch (wanted.Verdict)
        {
            case Verdict.Failed:
                outcomes.Notes.Add(new VerdictNote(Verdict.Passed, $"the expected violation of {expected} came: {wanted.Violations.Select(violation => violation.Sentence).FirstOrDefault() ?? $"{wanted.ViolationCount} times"}"));
                break;
            case Verdict.Inconclusive:
                outcomes.Notes.Add(new VerdictNote(Verdict.Inconclusive, $"{expected} could not judge: {wanted.Reason}"));
                break;
            default:
                // Without its fault the experiment says nothing about the guard, so the missing violation proves nothing.
                outcomes.Notes.Add(new VerdictNote(isSilent ? Verdict.Inconclusive : Verdict.Failed, $"the expected violation of {expected} did not come; it judged {wanted.Judged} and found nothing"));
                break;
        }

        return outcomes;
    }

    private static Outcomes Predicted(CellRun run, IReadOnlyList<Finding> findings)
    {
        Prediction prediction = Prediction.Of([.. run.Firings.Select(firing => (firing, IsTransient(firing, run)))], run.Context.Ledger, run.Interruptions);
        var outcomes = new Outcomes();
        foreach (Finding finding in findings)
        {
            if (finding.Verdict == Verdict.Inconclusive) outcomes.Notes.Add(new VerdictNote(Verdict.Inconclusive, $"{finding.Checker} could not judge: {finding.Reason}"));
            if (finding.Verdict == Verdict.Failed) Consequences.Split(finding, prediction, outcomes);
        }

        Consequences.CheckExactness(run.Context.Ledger, prediction, outcomes);
        return outcomes;
    }

    private static bool IsTransient(Firing firing, CellRun run)
    {
        string? name = run.Faults.FirstOrDefault(fault => fault.AnomalyIds.Contains(firing.AnomalyId))?.Name;
        return run.Experiment.Schedule.OfType<AnomalyFault>().FirstOrDefault(fault => fault.Name == name)?.Parameters?.Transient ?? true;
    }
}

/// <summary>What the findings mean, once predictions are taken out.</summary>
internal sealed class Outcomes
{
    public List<VerdictNote> Notes { get; } = [];

    public List<Violation> Violations { get; } = [];

    public List<Violation> Predicted { get; } = [];

    public void Fail(Finding finding, IReadOnlyList<Violation> violations)
    {
        Violations.AddRange(violations);
        long count = Math.Max(violations.Count, finding.ViolationCount - (finding.Violations.Count - violations.Count));
        string first = violations.Count > 0 ? violations[0].Sentence : $"more than {finding.Violations.Count} violations";
        Notes.Add(new VerdictNote(Verdict.Failed, $"{finding.Checker}: {first}{(count > 1 ? $" (and {count - 1} more)" : "")}"));
    }

    public void Fail(Violation violation)
    {
        Violations.Add(violation);
        Notes.Add(new VerdictNote(Verdict.Failed, $"{violation.Rule}: {violation.Sentence}"));
    }
}
