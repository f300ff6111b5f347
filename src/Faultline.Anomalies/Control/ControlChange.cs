using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Anomalies;

/// <summary>One change of a control state, as it is written down: exactly one of its parts is set, and firings come with counters.</summary>
internal sealed record ControlChange
{
    /// <summary>An anomaly that is set from now on; those that have expired by its creation are gone.</summary>
    public Anomaly? Placed { get; init; }

    /// <summary>An anomaly that is gone.</summary>
    public Guid? Removed { get; init; }

    /// <summary>All anomalies are gone.</summary>
    public bool Cleared { get; init; }

    /// <summary>An anomaly with its new counters.</summary>
    public Anomaly? Counted { get; init; }

    /// <summary>What fired.</summary>
    public ImmutableArray<Firing> Firings { get; init; } = [];

    /// <summary>A guard that was switched.</summary>
    public GuardState? Guard { get; init; }
}
