using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.Verdicts;

/// <summary>Judges the answers to the probes. A system that was not steady before the faults proves nothing by what it does after them.</summary>
internal static class Hypotheses
{
    public static (IReadOnlyList<Violation> Violations, IReadOnlyList<VerdictNote> Notes) Judge(CellRun run)
    {
        var violations = new List<Violation>();
        var notes = new List<VerdictNote>();
        foreach (Probe probe in run.Experiment.Hypothesis)
        {
            foreach (string when in probe.When)
            {
                List<ProbeResult> answers = [.. run.Probes.Where(result => result.Probe == probe.Name && result.When == when)];
                if (answers.Count == 0)
                {
                    notes.Add(new VerdictNote(Verdict.Inconclusive, $"the probe '{probe.Name}' was not asked {when} the faults"));
                    continue;
                }

                double share = (double)answers.Count(answer => answer.Ok) / answers.Count;
                if (share >= probe.AtLeast) continue;

                string wrong = answers.First(answer => !answer.Ok).Says;
                string sentence = $"the probe '{probe.Name}' was right in {share:0.#%} of {answers.Count} answers {when} the faults, at least {probe.AtLeast:0.#%} are needed; for example: {wrong}";
                notes.Add(new VerdictNote(when == "before" ? Verdict.Inconclusive : Verdict.Failed, when == "before" ? $"the system was not steady: {sentence}" : $"{Judgement.HypothesisRule}: {sentence}"));
                if (when != "before") violations.Add(new Violation { Rule = Judgement.HypothesisRule, Kind = $"not-steady-{when}", Sentence = sentence });
            }
        }

        return (violations, notes);
    }
}
