namespace Faultline.Verification.Checkers;

/// <summary>What one checker has to say.</summary>
public sealed record Finding
{
    /// <summary>The name of the checker.</summary>
    public required string Checker { get; init; }

    /// <summary>Its verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why it is inconclusive.</summary>
    public string? Reason { get; init; }

    /// <summary>How many things it looked at; a checker that saw nothing acquits nobody.</summary>
    public long Judged { get; init; }

    /// <summary>The violations, smallest evidence first; at most <see cref="FindingBuilder.ViolationsKeptMax"/>.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>How many violations there are, kept or not.</summary>
    public long ViolationCount { get; init; }

    /// <summary>What it measured, by name with unit, for example <c>converged after, s</c>.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>The one of <see cref="Figures"/> that the rule sets a limit to; null where it sets none. Reports put it side by side for all experiments of a battery.</summary>
    public string? Measured { get; init; }

    /// <summary>A finding of a checker that could not judge.</summary>
    /// <param name="checker">Its name.</param>
    /// <param name="reason">Why.</param>
    public static Finding Inconclusive(string checker, string reason) => new() { Checker = checker, Verdict = Verdict.Inconclusive, Reason = reason };
}

/// <summary>Collects what a checker sees.</summary>
/// <param name="checker">The name of the checker.</param>
public sealed class FindingBuilder(string checker)
{
    /// <summary>How many violations are kept whole; the rest is counted.</summary>
    public const int ViolationsKeptMax = 1_000;

    private readonly List<Violation> _violations = [];
    private readonly Dictionary<string, double> _figures = [];
    private string? _measured;
    private long _violationCount;
    private long _judged;

    /// <summary>One more thing was looked at.</summary>
    public void Judged() => _judged++;

    /// <summary>A violation.</summary>
    /// <param name="kind">Which way of breaking the rule.</param>
    /// <param name="sentence">Made only for violations that are kept.</param>
    /// <param name="operations">The operations involved; nulls are left out.</param>
    /// <param name="messages">The messages involved.</param>
    /// <param name="consumer">Where it broke.</param>
    public void Violates(string kind, Func<string> sentence, IEnumerable<string?>? operations = null, IEnumerable<Guid>? messages = null, string? consumer = null)
    {
        if (++_violationCount > ViolationsKeptMax) return;

        _violations.Add(new Violation
        {
            Rule = checker,
            Kind = kind,
            Sentence = sentence(),
            Operations = [.. (operations ?? []).OfType<string>().Distinct()],
            Messages = [.. (messages ?? []).Distinct()],
            Consumer = consumer,
        });
    }

    /// <summary>A measured figure.</summary>
    /// <param name="name">With its unit.</param>
    /// <param name="value">The value.</param>
    public void Figure(string name, double value) => _figures[name] = value;

    /// <summary>The measured figure that the rule sets a limit to.</summary>
    /// <param name="name">With its unit.</param>
    /// <param name="value">The value.</param>
    public void Measures(string name, double value)
    {
        Figure(name, value);
        _measured = name;
    }

    /// <summary>The finding: failed with any violation, inconclusive when nothing was looked at, else passed.</summary>
    /// <param name="nothing">What was missing when nothing was looked at.</param>
    public Finding Build(string nothing) => new()
    {
        Checker = checker,
        Judged = _judged,
        ViolationCount = _violationCount,
        Figures = _figures,
        Measured = _measured,
        Violations = [.. _violations.OrderBy(violation => violation.Messages.Count + violation.Operations.Count)],
        Verdict = _violationCount > 0 ? Verdict.Failed : _judged == 0 ? Verdict.Inconclusive : Verdict.Passed,
        Reason = _violationCount == 0 && _judged == 0 ? nothing : null,
    };
}
