namespace Faultline.Verification.Checkers;

/// <summary>Everything that the run injected is gone at its end.</summary>
internal sealed class NoLeftoverFault : IChecker
{
    public const string Name = "no-leftover-fault";

    public const string LeftKind = "left-over";

    public CheckerDescription Description { get; } = new(Name, "Everything that the run injected is removed by its end.");

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        var finding = new FindingBuilder(Name);
        if (context.LeftoverFaults is null) return finding.Build("nobody looked for faults that were left over");

        finding.Judged();
        foreach (string fault in context.LeftoverFaults) finding.Violates(LeftKind, () => $"still there after the heal: {fault}");
        return finding.Build("");
    }
}
