namespace Faultline.Lab.Telemetry;

/// <summary>Names a series.</summary>
/// <param name="Name">What is measured, as <c>handled</c>.</param>
/// <param name="Service">The service, as <c>system/service</c>.</param>
/// <param name="Instance">The instance; null for all together.</param>
/// <param name="MessageType">The type of message; null for all together.</param>
internal readonly record struct SeriesKey(string Name, string Service, string? Instance = null, string? MessageType = null);

/// <summary>How a series is measured.</summary>
internal enum SeriesKind
{
    /// <summary>Things are counted: shown per second.</summary>
    Count,

    /// <summary>Durations: shown as percentiles.</summary>
    Durations,

    /// <summary>A value at a time.</summary>
    Value,
}

/// <summary>One figure over time: the last minutes by the second, and half an hour by ten seconds, each in a ring that never grows. Not thread-safe.</summary>
internal sealed class Series
{
    /// <summary>By the second: five minutes, and a few seconds for what comes late.</summary>
    public const int FineBuckets = 310;

    /// <summary>By ten seconds: half an hour.</summary>
    public const int CoarseBuckets = 182;

    public const int CoarseSeconds = 10;

    private readonly Ring _fine, _coarse;

    public Series(SeriesKind kind, IReadOnlyList<double>? bounds)
    {
        (Kind, Bounds) = (kind, bounds is null ? [] : [.. bounds]);
        (_fine, _coarse) = (new Ring(FineBuckets, 1, kind, Bounds.Length), new Ring(CoarseBuckets, CoarseSeconds, kind, Bounds.Length));
    }

    public SeriesKind Kind { get; }

    /// <summary>Durations: the upper bounds of the buckets.</summary>
    public double[] Bounds { get; }

    /// <summary>Counts, spread over the seconds in which they came.</summary>
    public void Count(DateTimeOffset from, DateTimeOffset to, double value)
    {
        double begin = Seconds(from), end = Seconds(to);
        if (end <= begin || end - begin > FineBuckets) begin = end - 1;
        for (long second = (long)Math.Floor(begin); second < end; second++)
        {
            double part = value * (Math.Min(end, second + 1) - Math.Max(begin, second)) / (end - begin);
            _fine.Add(second, part);
            _coarse.Add(second, part);
        }
    }

    public void Durations(DateTimeOffset at, IReadOnlyList<long> counts)
    {
        long second = (long)Math.Ceiling(Seconds(at)) - 1;
        _fine.Add(second, counts);
        _coarse.Add(second, counts);
    }

    public void Set(DateTimeOffset at, double value)
    {
        long second = (long)Math.Floor(Seconds(at));
        _fine.Set(second, value);
        _coarse.Set(second, value);
    }

    /// <summary>How many per second in a span of whole seconds; null when nothing was told of it.</summary>
    public double? PerSecond(long from, long until, bool coarse = false)
    {
        double? sum = Ring(coarse).Sum(from, until);
        return sum / (until - from);
    }

    /// <summary>The value below which a share of the durations lies, in their own unit; null when there were none.</summary>
    public double? Percentile(long from, long until, double share, bool coarse = false) => Histograms.Percentile(Bounds, Ring(coarse).Counts(from, until), share);

    /// <summary>The newest value in a span of whole seconds; null when there is none.</summary>
    public double? Value(long from, long until, bool coarse = false) => Ring(coarse).Last(from, until);

    public static double Seconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).TotalSeconds;

    private Ring Ring(bool coarse) => coarse ? _coarse : _fine;
}

/// <summary>Buckets of time in a ring: a bucket that is older than the ring is long is written anew.</summary>
internal sealed class Ring
{
    private readonly int _seconds;
    private readonly long[] _slots;
    private readonly double[] _sums;
    private readonly int[]?[] _counts;
    private readonly int _bounds;

    public Ring(int buckets, int seconds, SeriesKind kind, int bounds)
    {
        (_seconds, _bounds) = (seconds, bounds);
        (_slots, _sums, _counts) = (new long[buckets], new double[buckets], kind == SeriesKind.Durations ? new int[buckets][] : []);
        Array.Fill(_slots, -1);
    }

    public void Add(long second, double value)
    {
        if (Bucket(second) is var at and >= 0) _sums[at] += value;
    }

    public void Add(long second, IReadOnlyList<long> counts)
    {
        if (Bucket(second) is not (var at and >= 0)) return;

        int[] bucket = _counts[at] ??= new int[_bounds + 1];
        for (int index = 0; index < bucket.Length && index < counts.Count; index++) bucket[index] += (int)Math.Min(counts[index], int.MaxValue - bucket[index]);
    }

    public void Set(long second, double value)
    {
        if (Bucket(second) is var at and >= 0) _sums[at] = value;
    }

    public double? Sum(long from, long until)
    {
        double? sum = null;
        for (long slot = from / _seconds; slot * _seconds < until; slot++) if (IsAt(slot, out int at)) sum = (sum ?? 0) + _sums[at];
        return sum;
    }

    public double? Last(long from, long until)
    {
        for (long slot = (until - 1) / _seconds; slot * _seconds + _seconds > from; slot--) if (IsAt(slot, out int at)) return _sums[at];
        return null;
    }

    public long[] Counts(long from, long until)
    {
        long[] merged = new long[_bounds + 1];
        for (long slot = from / _seconds; slot * _seconds < until; slot++)
        {
            if (IsAt(slot, out int at) && _counts[at] is { } bucket) for (int index = 0; index < merged.Length; index++) merged[index] += bucket[index];
        }

        return merged;
    }

    private bool IsAt(long slot, out int at)
    {
        at = (int)(slot % _slots.Length);
        return at >= 0 && _slots[at] == slot;
    }

    /// <summary>The bucket of a second, emptied when it held an older time; −1 for a time that the ring has left behind.</summary>
    private int Bucket(long second)
    {
        long slot = second / _seconds;
        if (slot < 0) return -1;

        int at = (int)(slot % _slots.Length);
        if (_slots[at] == slot) return at;
        if (_slots[at] > slot) return -1;

        (_slots[at], _sums[at]) = (slot, 0);
        if (_counts.Length > 0 && _counts[at] is { } counts) Array.Clear(counts);
        return at;
    }
}
