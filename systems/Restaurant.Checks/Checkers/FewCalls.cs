using Faultline.Verification.Checkers;

namespace Restaurant.Checks.Checkers;

/// <summary>The service behind a link is not called more often than it must be. The fault on that link counts the calls.</summary>
internal sealed class FewCalls : IChecker
{
    public const string Name = "few-calls";
    public const string Fault = "fault";
    public const string Max = "max";

    public CheckerDescription Description { get; } = new(
        Name, "the service behind a faulty link is called no more often than allowed",
        new CheckerParameter(Fault, "the name of the fault of the schedule that lies on the link and counts the calls; must be given"),
        new CheckerParameter(Max, "the most calls, a whole number; must be given"));

    public bool NeedsRest => false;

    public Finding Check(CheckContext context)
    {
        string name = context.Text(Fault);
        long max = context.Count(Max);
        var finding = new FindingBuilder(Name);
        if (context.Faults.FirstOrDefault(fault => fault.Name == name) is not { } counted) return finding.Build($"the schedule has no fault '{name}'");

        finding.Judged();
        finding.Measures("calls", counted.Matched);
        if (counted.Matched > max) finding.Violates("many", () => $"'{name}' was met by {counted.Matched} calls; {max} are enough");
        return finding.Build("");
    }
}
