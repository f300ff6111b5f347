using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>Orders of several products are answered within a limit: what need not wait for each other goes out together. The median is judged, so that one late answer on a busy machine is no verdict.</summary>
internal sealed class QuickAnswers : IChecker
{
    public const string Name = "quick-answers";
    public const string Within = "within";

    public CheckerDescription Description { get; } = new(
        Name, "half of the orders of several products are answered within a limit",
        new CheckerParameter(Within, "seconds from the first attempt to the answer; 3 unless said"));

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        TimeSpan limit = context.Seconds(Within, TimeSpan.FromSeconds(3));
        var finding = new FindingBuilder(Name);
        double[] answers =
        [
            .. from planned in Evidence.Of(context).Operations
               where planned.Operation.Outcome == Outcome.Ok && planned.Order.Items.Count > 1
               let after = Evidence.Noted(planned.Operation, "after")?.GetDouble()
               where after is not null
               orderby after.Value
               select after.Value,
        ];
        if (answers.Length == 0) return finding.Build("no order of several products was acknowledged");

        foreach (double _ in answers) finding.Judged();
        double median = answers[(answers.Length - 1) / 2];
        finding.Measures("answered after, s, median", median);
        if (median > limit.TotalSeconds) finding.Violates("slow", () => FormattableString.Invariant($"half of {answers.Length} orders of several products were answered after {median:0.00} s or later; the limit is {limit.TotalSeconds:0.##} s"));
        return finding.Build("");
    }
}
