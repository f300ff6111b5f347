using Faultline.Protocol.Faults;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.Verdicts;

/// <summary>What became of one fault of the schedule.</summary>
public sealed record FaultRun
{
    /// <summary>The name of the fault in the schedule.</summary>
    public required string Name { get; init; }

    /// <summary>For an anomaly: the ids under which it was placed.</summary>
    public IReadOnlyList<Guid> AnomalyIds { get; init; } = [];

    /// <summary>For what is no anomaly: how often it was carried out, or acted on what passed a link.</summary>
    public long Executed { get; init; }

    /// <summary>How many messages an anomaly looked at and found to match.</summary>
    public long Matched { get; init; }

    /// <summary>For what is no anomaly: when it acted, and on what; the first ones.</summary>
    public IReadOnlyList<FaultMark> Marks { get; init; } = [];

    /// <summary>When it was placed or carried out; null when it never was.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was removed or over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it could not be placed or carried out.</summary>
    public string? Problem { get; init; }
}

/// <summary>A moment at which a fault acted.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Says">On what, in a few words.</param>
public readonly record struct FaultMark(DateTimeOffset At, string Says);

/// <summary>One answer to a probe of the hypothesis.</summary>
/// <param name="Probe">The name of the probe.</param>
/// <param name="When">before, during or after.</param>
/// <param name="Ok">Whether the answer was right.</param>
/// <param name="Says">The answer in words.</param>
/// <param name="At">When, UTC.</param>
public sealed record ProbeResult(string Probe, string When, bool Ok, string Says, DateTimeOffset At);

/// <summary>Everything the lab hands over about one experiment that ran.</summary>
public sealed record CellRun
{
    /// <summary>The experiment as it ran, resolved.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>What the checkers may see: history and ledger of the cell, states, drain and facts.</summary>
    public required CheckContext Context { get; init; }

    /// <summary>What became of each fault of the schedule.</summary>
    public IReadOnlyList<FaultRun> Faults { get; init; } = [];

    /// <summary>The firings of the faults of this cell.</summary>
    public IReadOnlyList<Firing> Firings { get; init; } = [];

    /// <summary>What cut off the work of services while the cell ran, by faults of this cell or of another one beside it.</summary>
    public IReadOnlyList<Interruption> Interruptions { get; init; } = [];

    /// <summary>What the parts of the profile did; empty without one.</summary>
    public IReadOnlyList<FaultVerdict> Profile { get; init; } = [];

    /// <summary>The answers to the probes.</summary>
    public IReadOnlyList<ProbeResult> Probes { get; init; } = [];

    /// <summary>Why the run could not be carried out as planned, for example that the system was not up; null when it was.</summary>
    public string? Obstacle { get; init; }
}
