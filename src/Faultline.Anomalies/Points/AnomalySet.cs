using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Everything in force in this process at one moment. Immutable, and replaced whole: a reader takes one snapshot at the start of its work.</summary>
internal sealed class AnomalySet
{
    private readonly AnomalyState[][] _byPoint;

    /// <param name="points">The points of this process, each in its slot.</param>
    /// <param name="states">All that this process knows, in creation order.</param>
    /// <param name="now">The time.</param>
    /// <param name="isHolding">Whether a point, by its slot, holds somebody back: it stays armed, or nobody would count those that overtake.</param>
    public AnomalySet(IReadOnlyList<FaultPoint> points, IReadOnlyCollection<AnomalyState> states, DateTimeOffset now, Func<int, bool> isHolding)
    {
        _byPoint = [.. points.Select(point => states.Where(state => ReferenceEquals(state.Model.Point, point) && !state.IsSpent && state.Model.IsOpen(now)).ToArray())];
        Armed = [.. _byPoint.Select((here, slot) => here.Length > 0 || isHolding(slot))];
    }

    /// <summary>Per slot: whether there is anything to do. The one thing that an idle pipeline reads.</summary>
    public bool[] Armed { get; }

    /// <summary>What can fire at a point, in creation order.</summary>
    public AnomalyState[] At(int slot) => _byPoint[slot];
}
