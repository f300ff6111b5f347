using Faultline.Lab.Control;

namespace Faultline.Lab.Live;

/// <summary>The last changes of the map, so that a viewer who was away for a moment can go on. Bounded; not thread-safe.</summary>
internal sealed class LiveRing
{
    /// <summary>A minute and more at four a second.</summary>
    public const int DeltasMax = 256;

    private const int FiredMax = 50;

    private readonly Queue<MapDelta> _deltas = new();
    private long _oldest = 1; // The number of the first change that is still here, or that comes next.

    public void Add(MapDelta delta)
    {
        _deltas.Enqueue(delta);
        while (_deltas.Count > DeltasMax) _deltas.Dequeue();
        _oldest = _deltas.Peek().Sequence;
    }

    /// <summary>What has changed since a change: one delta for all of it, none when nothing has; false when that is too long ago, or never was.</summary>
    public bool TrySince(long sequence, long last, out MapDelta? delta)
    {
        delta = null;
        if (sequence > last || (sequence < last && (_deltas.Count == 0 || sequence + 1 < _oldest))) return false;

        MapDelta[] missed = [.. _deltas.SkipWhile(each => each.Sequence <= sequence)];
        if (missed.Length > 0) delta = missed.Aggregate(Join);
        return true;
    }

    /// <summary>Two changes as one: the later state of each thing, and all that fired.</summary>
    public static MapDelta Join(MapDelta first, MapDelta second)
    {
        HashSet<string> gone = [.. second.Gone ?? []];
        IReadOnlyList<MapNode> nodes = JoinById(first.Nodes, second.Nodes, node => node.Id, gone);
        IReadOnlyList<MapEdge> edges = JoinById(first.Edges, second.Edges, edge => edge.Id, gone);
        HashSet<string> there = [.. nodes.Select(node => node.Id), .. edges.Select(edge => edge.Id)];
        string[] left = [.. (first.Gone ?? []).Concat(gone).Distinct().Where(id => !there.Contains(id))];
        FiredFault[] fired = [.. (first.Fired ?? []).Concat(second.Fired ?? []).TakeLast(FiredMax)];
        return new MapDelta
        {
            Sequence = second.Sequence,
            At = second.At,
            Phase = second.Phase ?? first.Phase,
            Systems = second.Systems ?? first.Systems,
            Nodes = nodes.Count > 0 ? nodes : null,
            Edges = edges.Count > 0 ? edges : null,
            Gone = left.Length > 0 ? left : null,
            Faults = second.Faults ?? first.Faults,
            Fired = fired.Length > 0 ? fired : null,
            Run = second.Run ?? first.Run,
            RunOver = second.Run is null ? first.RunOver : second.RunOver,
        };
    }

    private static IReadOnlyList<T> JoinById<T>(IReadOnlyList<T>? first, IReadOnlyList<T>? second, Func<T, string> id, HashSet<string> gone)
    {
        var joined = new Dictionary<string, T>();
        foreach (T each in first ?? []) joined[id(each)] = each;
        foreach (string left in gone) joined.Remove(left);
        foreach (T each in second ?? []) joined[id(each)] = each;
        return [.. joined.Values];
    }
}
