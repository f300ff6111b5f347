using System.Globalization;
using Faultline.Lab.Telemetry;
using Faultline.TestSupport;

namespace Faultline.Lab.Tests.Telemetry;

public sealed class TelemetryStoreTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Spans_stay_bounded_at_two_thousand_messages_a_second_and_the_newest_are_there()
    {
        var store = new SpanStore(spansMax: 2_000);

        for (int second = 0; second < 60; second++) store.Add([.. Enumerable.Range(0, 2_000).Select(index => Span(trace: (second * 500) + (index / 4), index))]);

        store.Count.ShouldBeLessThanOrEqualTo(2_000);
        store.Find("operation-29999").Count.ShouldBe(4);
        store.Find("operation-0").ShouldBeEmpty();
    }

    [Fact]
    public void One_endless_trace_does_not_grow_for_ever()
    {
        var store = new SpanStore(spansMax: 2_000);

        store.Add([.. Enumerable.Range(0, 5_000).Select(index => Span(trace: 1, index))]);

        store.Count.ShouldBe(SpanStore.SpansOfTraceMax);
    }

    [Fact]
    public void A_rate_is_what_was_counted_per_second()
    {
        var store = new TelemetryStore(_time);
        for (int second = 0; second < 10; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            store.Add([Count("faultline.messages.published", 200)]);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        store.Rate(new SeriesKey(SeriesNames.Published, "demo/orders"))!.Value.ShouldBe(200, tolerance: 1);
        store.Rate(new SeriesKey(SeriesNames.Published, "demo/orders", MessageType: "shop.order"))!.Value.ShouldBe(200, tolerance: 1);
        store.Rate(new SeriesKey(SeriesNames.Published, "demo/other")).ShouldBeNull("nothing was ever told of it");

        _time.Advance(TimeSpan.FromSeconds(30));
        store.Rate(new SeriesKey(SeriesNames.Published, "demo/orders")).ShouldBe(0, "it was told of, and nothing flows now");
    }

    [Fact]
    public void Percentiles_come_from_all_instances_together()
    {
        var store = new TelemetryStore(_time);
        _time.Advance(TimeSpan.FromSeconds(1));

        store.Add([Latency("orders-1", [90, 0, 0]), Latency("orders-2", [0, 10, 0])]);

        var key = new SeriesKey(SeriesNames.Latency, "demo/orders");
        store.Percentile(key, 0.5)!.Value.ShouldBe(10 * 50.0 / 90, tolerance: 0.001);
        store.Percentile(key, 0.95)!.Value.ShouldBe(15, tolerance: 0.001);
    }

    [Fact]
    public void Series_stay_bounded_whatever_names_come()
    {
        var store = new TelemetryStore(_time, seriesMax: 50);

        store.Add([.. Enumerable.Range(0, 500).Select(index => Count("faultline.messages.published", 1, type: string.Create(CultureInfo.InvariantCulture, $"type-{index}")))]);

        store.SeriesCount.ShouldBe(50);
        store.Dropped.ShouldBe(500 - 49);
    }

    [Fact]
    public void A_ring_forgets_what_is_older_than_it_is_long()
    {
        var series = new Series(SeriesKind.Value, bounds: null);
        DateTimeOffset start = _time.GetUtcNow();
        long second = (long)Series.Seconds(start);

        series.Set(start, 1);
        series.Value(second, second + 1).ShouldBe(1);
        series.Set(start.AddSeconds(Series.FineBuckets), 2);

        series.Value(second, second + 1).ShouldBeNull();
        series.Value(second, second + 10, coarse: true).ShouldBe(1, "by ten seconds it is remembered longer");
        series.Set(start, 3);
        series.Value(second, second + 1).ShouldBeNull("what comes too late does not write over what is newer");
    }

    private static SpanRecord Span(int trace, int index) => new()
    {
        TraceId = string.Create(CultureInfo.InvariantCulture, $"{trace:x32}"),
        SpanId = string.Create(CultureInfo.InvariantCulture, $"{index:x16}"),
        Service = "demo/orders",
        Name = "x",
        Kind = "consumer",
        StartedAt = DateTimeOffset.UnixEpoch,
        DurationMs = 1,
        MessageId = string.Create(CultureInfo.InvariantCulture, $"message-{trace}-{index}"),
        OperationId = string.Create(CultureInfo.InvariantCulture, $"operation-{trace}"),
    };

    private MetricPoint Count(string name, double value, string type = "shop.order") => new()
    {
        Service = "demo/orders",
        Instance = "orders-1",
        Name = name,
        Attributes = new Dictionary<string, string> { ["messaging.message.type"] = type },
        From = _time.GetUtcNow().AddSeconds(-1),
        To = _time.GetUtcNow(),
        Value = value,
    };

    private MetricPoint Latency(string instance, long[] counts) => new()
    {
        Service = "demo/orders",
        Instance = instance,
        Name = "faultline.message.latency",
        To = _time.GetUtcNow(),
        Bounds = [10, 20],
        Counts = counts,
    };
}
