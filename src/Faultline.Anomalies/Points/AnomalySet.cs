using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Everything in force in this process at one moment. Immutable, and replaced whole: a reader takes one snapshot at the start of its work.</summary>
internal sealed class AnomalySet
{
    public static readonly AnomalySet Empty = new([], DateTimeOffset.MinValue, static _ => false);

    private readonly AnomalyState[][] _byPoint;

    /// <param name="states">All that this process knows, in creation order.</param>
    /// <param name="now">The time.</param>
    /// <param name="isHolding">Whether a point, by its index, holds somebody back: it stays armed, or nobody would count those that overtake.</param>
    public AnomalySet(IReadOnlyCollection<AnomalyState> states, DateTimeOffset now, Func<int, bool> isHolding)
    {
        _byPoint = [.. FaultPoints.All.Select(point => states.Where(state => state.Model.Point == point && !state.IsSpent && state.Model.IsOpen(now)).ToArray())];
        Armed = [.. FaultPoints.All.Select(point => _byPoint[point.Index].Length > 0 || isHolding(point.Index))];
    }

    /// <summary>Per point index: whether there is anything to do. The one thing that an idle pipeline reads.</summary>
    public bool[] Armed { get; }

    /// <summary>What can fire at a point, in creation order.</summary>
    public AnomalyState[] At(FaultPoint point) => _byPoint[point.Index];
}
