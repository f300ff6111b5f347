namespace Faultline.Verification.Checkers;

/// <summary>After the last fault is removed the system comes to rest in the state that it should have, within a limit, and stays there.</summary>
internal sealed class Converges : IChecker
{
    public const string Name = "converges";

    public const string ApartKind = "apart";
    public const string LateKind = "late";
    public const string TookFigure = "converged after, s";

    private const string Within = "within";

    public CheckerDescription Description { get; } = new(
        Name, "After the faults are removed the system comes to the state that it should have, in time, and stays there.",
        new CheckerParameter(Within, "limit in seconds, above 0; 60 by default"));

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        TimeSpan within = context.Seconds(Within, TimeSpan.FromSeconds(60));
        var finding = new FindingBuilder(Name);
        if (context.HealedAt is not { } healed || context.Convergence is null) return finding.Build("nobody looked at the state after the faults were removed");

        List<ConvergenceSample> samples = [.. context.Convergence.Where(sample => sample.At >= healed).OrderBy(sample => sample.At)];
        foreach (ConvergenceSample _ in samples) finding.Judged();
        if (samples.Count == 0) return finding.Build("nobody looked at the state after the faults were removed");

        if (samples[^1].Apart is { } apart)
        {
            finding.Violates(ApartKind, () => $"{(samples[^1].At - healed).TotalSeconds:0.0} s after the faults were removed the state is still not what it should be: {apart}", [samples[^1].OperationId]);
            return finding.Build("");
        }

        // The last stretch counts: a state that was right and went wrong again had not converged.
        int since = samples.FindLastIndex(sample => sample.Apart is not null) + 1;
        TimeSpan took = samples[since].At - healed;
        finding.Figure(TookFigure, took.TotalSeconds);
        if (took > within)
        {
            finding.Violates(
                LateKind, () => $"the state was right only {took.TotalSeconds:0.0} s after the faults were removed; the limit is {within.TotalSeconds:0.0} s{(since > 0 ? $"; last difference: {samples[since - 1].Apart}" : "")}",
                [since > 0 ? samples[since - 1].OperationId : null]);
        }

        return finding.Build("");
    }
}
