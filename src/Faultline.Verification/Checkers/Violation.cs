using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>A broken rule, with the smallest evidence for it.</summary>
public sealed record Violation
{
    /// <summary>The name of the checker.</summary>
    public required string Rule { get; init; }

    /// <summary>Which way of breaking it, for example <c>half-done</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One sentence that names message, type, key and operation.</summary>
    public required string Sentence { get; init; }

    /// <summary>The operations involved.</summary>
    public IReadOnlyList<string> Operations { get; init; } = [];

    /// <summary>The messages involved.</summary>
    public IReadOnlyList<Guid> Messages { get; init; } = [];

    /// <summary>The consumer at which it broke, where there is one.</summary>
    public string? Consumer { get; init; }

    /// <summary>What it comes from; null where the rule cannot tell.</summary>
    public FailureClass? Class { get; init; }

    /// <summary>The life of one of the messages or operations; empty for all but the first violations of a finding.</summary>
    public IReadOnlyList<JourneyStep> Journey { get; init; } = [];
}
