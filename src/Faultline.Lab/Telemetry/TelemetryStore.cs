using System.Security.Cryptography;

namespace Faultline.Lab.Telemetry;

/// <summary>What the services of a lab told of themselves, in bounded memory: traces and figures over time. Verdicts never rest on it. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="seriesMax">How many series are kept; what would be more is counted and dropped.</param>
public sealed class TelemetryStore(TimeProvider time, int seriesMax = TelemetryStore.SeriesUsual)
{
    /// <summary>At most about 40 kB each.</summary>
    public const int SeriesUsual = 1_000;

    /// <summary>A rate is taken over so many whole seconds.</summary>
    private const int RateSeconds = 3;

    /// <summary>A percentile is taken over so many whole seconds.</summary>
    private const int PercentileSeconds = 10;

    /// <summary>What has come in this far back may still be incomplete: services tell once a second.</summary>
    private const int LateSeconds = 2;

    private const double MsPerSecond = 1_000;

    private static readonly Dictionary<string, string> CountNames = new()
    {
        ["faultline.messages.published"] = SeriesNames.Published,
        ["faultline.messages.sent"] = SeriesNames.Sent,
        ["faultline.messages.redelivered"] = SeriesNames.Redelivered,
    };

    private readonly Lock _gate = new();
    private readonly Dictionary<SeriesKey, Series> _series = [];

    internal SpanStore Spans { get; } = new();

    /// <summary>What a service must bring along to be heard by a lab that asks for a token.</summary>
    public string Key { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Where services tell; null while the lab does not answer anywhere, and then nothing is told.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Points that were dropped because there were too many series.</summary>
    public long Dropped { get; private set; }

    internal int SeriesCount
    {
        get { lock (_gate) return _series.Count; }
    }

    /// <summary>The end of the last whole second of which everything should have come in.</summary>
    internal long SettledSecond => (long)Series.Seconds(time.GetUtcNow()) - LateSeconds + 1;

    internal void Add(IReadOnlyList<MetricPoint> points)
    {
        lock (_gate)
        {
            foreach (MetricPoint point in points) AddNeedsGate(point);
        }
    }

    /// <summary>Takes down what the lab itself has looked at.</summary>
    internal void Set(SeriesKey key, double value)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate) FindNeedsGate(key, SeriesKind.Value, bounds: null)?.Set(now, value);
    }

    /// <summary>How many per second just now; null when nothing is known.</summary>
    internal double? Rate(SeriesKey key)
    {
        long until = SettledSecond;
        lock (_gate) return _series.TryGetValue(key, out Series? series) ? series.PerSecond(until - RateSeconds, until) ?? 0 : null;
    }

    /// <summary>A percentile just now, in milliseconds; null when nothing happened.</summary>
    internal double? Percentile(SeriesKey key, double share)
    {
        long until = SettledSecond + LateSeconds;
        lock (_gate) return _series.TryGetValue(key, out Series? series) ? series.Percentile(until - PercentileSeconds - LateSeconds, until, share) : null;
    }

    /// <summary>Works on every series, in the order of names.</summary>
    internal IReadOnlyList<T> Select<T>(Func<SeriesKey, bool> which, Func<SeriesKey, Series, T> read)
    {
        lock (_gate) return [.. _series.Where(pair => which(pair.Key)).OrderBy(pair => pair.Key.Service, StringComparer.Ordinal).ThenBy(pair => pair.Key.Name, StringComparer.Ordinal).Select(pair => read(pair.Key, pair.Value))];
    }

    private void AddNeedsGate(MetricPoint point)
    {
        string? type = point.Attributes.GetValueOrDefault("messaging.message.type");
        switch (point.Name)
        {
            case "faultline.messages.handled":
                string name = point.Attributes.GetValueOrDefault("outcome") switch { "duplicate" => SeriesNames.Duplicates, "failed" => SeriesNames.Failed, _ => SeriesNames.Handled };
                CountBothNeedsGate(name, type, point);
                break;
            case "faultline.message.latency": DurationsBothNeedsGate(SeriesNames.Latency, type, point); break;
            case "faultline.message.handling": DurationsBothNeedsGate(SeriesNames.Handling, type, point); break;
            case "http.server.request.duration":
                CountNeedsGate(new SeriesKey(SeriesNames.Requests, point.Service), point);
                if (point.Attributes.GetValueOrDefault("http.response.status_code") is ['5', ..]) CountNeedsGate(new SeriesKey(SeriesNames.RequestsFailed, point.Service), point);
                DurationsNeedsGate(new SeriesKey(SeriesNames.RequestTime, point.Service), point, MsPerSecond);
                break;
            default:
                if (CountNames.TryGetValue(point.Name, out string? counted)) CountBothNeedsGate(counted, type, point);
                break;
        }
    }

    /// <summary>Of one type, and of all together.</summary>
    private void CountBothNeedsGate(string name, string? type, MetricPoint point)
    {
        CountNeedsGate(new SeriesKey(name, point.Service), point);
        if (type is not null) CountNeedsGate(new SeriesKey(name, point.Service, MessageType: type), point);
    }

    private void DurationsBothNeedsGate(string name, string? type, MetricPoint point)
    {
        DurationsNeedsGate(new SeriesKey(name, point.Service), point, scale: 1);
        if (type is not null) DurationsNeedsGate(new SeriesKey(name, point.Service, MessageType: type), point, scale: 1);
    }

    private void CountNeedsGate(SeriesKey key, MetricPoint point) => FindNeedsGate(key, SeriesKind.Count, bounds: null)?.Count(point.From, point.To, point.Value);

    private void DurationsNeedsGate(SeriesKey key, MetricPoint point, double scale)
    {
        if (point.Bounds is not { Count: > 0 } bounds || point.Counts is not { } counts) return;

        Series? series = FindNeedsGate(key, SeriesKind.Durations, bounds.Select(bound => bound * scale));
        if (series is not null && series.Bounds.Length == bounds.Count) series.Durations(point.To, counts); // With other bounds it would be added to the wrong buckets.
    }

    private Series? FindNeedsGate(SeriesKey key, SeriesKind kind, IEnumerable<double>? bounds)
    {
        if (_series.TryGetValue(key, out Series? series)) return series.Kind == kind ? series : null;

        if (_series.Count >= seriesMax)
        {
            Dropped++;
            return null;
        }

        return _series[key] = new Series(kind, bounds is null ? null : [.. bounds]);
    }
}
