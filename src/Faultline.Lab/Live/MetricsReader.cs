using Faultline.Lab.Control;
using Faultline.Lab.Telemetry;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Live;

/// <summary>Figures over time.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The last moment.</param>
/// <param name="StepSeconds">From one value to the next: 1 or 10.</param>
/// <param name="Times">The moments, in seconds since 1970.</param>
/// <param name="Series">The figures.</param>
/// <param name="Windows">When faults were there, as far as somebody watched.</param>
public sealed record MetricsView(DateTimeOffset From, DateTimeOffset To, int StepSeconds, IReadOnlyList<long> Times, IReadOnlyList<MetricsSeries> Series, IReadOnlyList<FaultWindow> Windows);

/// <summary>One figure over time.</summary>
public sealed record MetricsSeries
{
    /// <summary>Names it among all.</summary>
    public required string Id { get; init; }

    /// <summary>What is measured.</summary>
    public required string Name { get; init; }

    /// <summary>What is measured, in words.</summary>
    public required string Title { get; init; }

    /// <summary>1/s, ms, s, bytes, percent, or empty for a plain number.</summary>
    public required string Unit { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>The service, as <c>system/service</c>; null for a server.</summary>
    public string? Service { get; init; }

    /// <summary>The instance; null for all of the service together.</summary>
    public string? Instance { get; init; }

    /// <summary>The node of the map that it belongs to.</summary>
    public string? Node { get; init; }

    /// <summary>The type of message; null for all together.</summary>
    public string? MessageType { get; init; }

    /// <summary>The values, one for each moment; null where nothing is known.</summary>
    public required IReadOnlyList<double?> Values { get; init; }
}

/// <summary>The newest value of each figure.</summary>
/// <param name="At">The second that they are of, in seconds since 1970.</param>
/// <param name="Values">By the id of the series.</param>
public sealed record MetricsSample(long At, IReadOnlyDictionary<string, double> Values);

/// <summary>Reads figures over time out of the telemetry of a lab. Thread-safe.</summary>
/// <param name="plane">The lab.</param>
/// <param name="windows">When faults were there.</param>
internal sealed class MetricsReader(ControlPlane plane, FaultWindows windows)
{
    /// <summary>By the second up to so far back, by ten seconds beyond.</summary>
    public const int FineSecondsMax = 300;

    public const int SecondsMax = 1_800;

    private static readonly (string Suffix, double Share)[] Percentiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];

    /// <summary>The end of the last second of which everything has come in.</summary>
    public long SettledSecond => plane.Lab.Telemetry.SettledSecond;

    /// <summary>The figures of the last seconds.</summary>
    /// <param name="system">Of this system; null for all.</param>
    /// <param name="seconds">How far back.</param>
    public MetricsView Read(string? system, int seconds)
    {
        bool coarse = seconds > FineSecondsMax;
        int step = coarse ? Series.CoarseSeconds : 1;
        long until = SettledSecond / step * step;
        long[] times = [.. Enumerable.Range(0, seconds / step).Select(index => until - seconds / step * step + ((long)index * step))];
        IReadOnlyList<IEnumerable<MetricsSeries>> all = plane.Lab.Telemetry.Select(key => system is null || SystemOf(key.Service) == system, IEnumerable<MetricsSeries> (key, series) =>
            [.. Figures(key, series, (figure, read) => SeriesOf(key, figure, [.. times.Select(time => Rounded(read(time, time + step, coarse)))]))]);
        DateTimeOffset from = DateTimeOffset.FromUnixTimeSeconds(until - seconds), to = DateTimeOffset.FromUnixTimeSeconds(until);
        return new MetricsView(from, to, step, times, [.. all.SelectMany(each => each)],
            [.. windows.All.Where(window => (system is null || window.System == system) && (window.To is null || window.To > from))]);
    }

    /// <summary>The newest value of each figure.</summary>
    public MetricsSample Latest()
    {
        long until = SettledSecond;
        var values = new Dictionary<string, double>();
        IEnumerable<(string Id, double? Value)> all = plane.Lab.Telemetry.Select(_ => true, IEnumerable<(string, double?)> (key, series) =>
            [.. Figures(key, series, (figure, read) => (IdOf(key, figure), Rounded(read(until - 1, until, false))))]).SelectMany(each => each);
        foreach ((string id, double? value) in all) if (value is { } known) values[id] = known;
        return new MetricsSample(until - 1, values);
    }

    /// <summary>What a series shows: one figure, or three where it holds durations.</summary>
    private static IEnumerable<T> Figures<T>(SeriesKey key, Series series, Func<string, Func<long, long, bool, double?>, T> show)
    {
        string name = key.Name == SeriesNames.RequestTime ? SeriesNames.Requests : key.Name;
        return series.Kind switch
        {
            SeriesKind.Durations => Percentiles.Select(percentile => show($"{name}.{percentile.Suffix}", (from, until, coarse) => series.Percentile(from, until, percentile.Share, coarse))),
            SeriesKind.Count => [show(name, series.PerSecond)],
            _ => [show(name, series.Value)],
        };
    }

    private static MetricsSeries SeriesOf(SeriesKey key, string figure, double?[] values)
    {
        SeriesTitle title = SeriesNames.Of(key.Name);
        string? service = key.Service.Contains('/', StringComparison.Ordinal) ? key.Service : null;
        return new MetricsSeries
        {
            Id = IdOf(key, figure),
            Name = figure,
            Title = title.Title,
            Unit = title.Unit,
            System = SystemOf(key.Service),
            Service = service,
            Instance = key.Instance,
            Node = key.Name is SeriesNames.QueueDepth or SeriesNames.QueueAge ? MapNodes.Queue(key.Service) : service,
            MessageType = key.MessageType,
            Values = values,
        };
    }

    private static string IdOf(SeriesKey key, string figure) => $"{figure}@{key.Instance ?? key.Service}{(key.MessageType is { } type ? $"#{type}" : "")}";

    private static string SystemOf(string service) => service.IndexOf('/') is var slash and > 0 ? service[..slash] : service;

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 2) : null;
}
