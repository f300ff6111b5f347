using System.Diagnostics;
using System.Diagnostics.Metrics;
using Faultline.Lab.Telemetry;

namespace Faultline.Lab.Tests.Telemetry;

public sealed class OtlpTests
{
    [Fact]
    public void Spans_of_the_real_exporter_are_read()
    {
        var message = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        ActivityTraceId trace = default;
        byte[] body = ExportedBody.OfTraces(source =>
        {
            using Activity server = source.StartActivity("POST /orders", ActivityKind.Server)!;
            trace = server.TraceId;
            using Activity handled = source.StartActivity("shop.order handle", ActivityKind.Consumer)!;
            handled.SetTag("messaging.message.id", message).SetTag("messaging.message.type", "shop.order").SetTag("messaging.message.conversation_id", "op-17").SetStatus(ActivityStatusCode.Error);
        });

        List<SpanRecord> spans = OtlpTraces.Read(body);

        spans.Count.ShouldBe(2);
        SpanRecord first = spans.Single(span => span.Kind == "server"), second = spans.Single(span => span.Kind == "consumer");
        first.Name.ShouldBe("POST /orders");
        first.TraceId.ShouldBe(trace.ToHexString());
        first.ParentId.ShouldBeNull();
        first.Failed.ShouldBeFalse();
        (second.TraceId, second.ParentId).ShouldBe((first.TraceId, first.SpanId));
        (second.Service, second.Instance).ShouldBe((ExportedBody.Service, ExportedBody.Instance));
        (second.MessageId, second.MessageType, second.OperationId).ShouldBe((message.ToString(), "shop.order", "op-17"));
        second.Failed.ShouldBeTrue();
        second.StartedAt.ShouldBeGreaterThanOrEqualTo(first.StartedAt);
        first.DurationMs.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Counters_and_histograms_of_the_real_exporter_are_read()
    {
        byte[] body = ExportedBody.OfMetrics(meter =>
        {
            meter.CreateCounter<long>("faultline.messages.published").Add(7, new KeyValuePair<string, object?>("messaging.message.type", "shop.order"));
            Histogram<double> latency = meter.CreateHistogram("faultline.message.latency", "ms", "", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [10, 20] });
            foreach (double value in new double[] { 5, 15, 15, 99 }) latency.Record(value);
        });

        List<MetricPoint> points = OtlpMetrics.Read(body);

        MetricPoint count = points.Single(point => point.Bounds is null), durations = points.Single(point => point.Bounds is not null);
        (count.Name, count.Value, count.Attributes["messaging.message.type"]).ShouldBe(("faultline.messages.published", 7, "shop.order"));
        (count.Service, count.Instance).ShouldBe((ExportedBody.Service, ExportedBody.Instance));
        count.To.ShouldBeGreaterThan(count.From);
        durations.Bounds!.ShouldBe([10, 20]);
        durations.Counts!.ShouldBe([1, 2, 1]);
    }

    [Fact]
    public void A_body_that_is_cut_anywhere_is_told_or_read_and_never_worse()
    {
        byte[] body = ExportedBody.OfTraces(source => source.StartActivity("x", ActivityKind.Server)?.Dispose());

        for (int length = 0; length < body.Length; length++)
        {
            try
            {
                OtlpTraces.Read(body.AsSpan(0, length)).Count.ShouldBe(0, $"a body cut after {length} bytes has no whole span");
            }
            catch (MalformedException)
            {
                continue; // It was told.
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f })] // A field that claims more than there is.
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })] // A number without end.
    [InlineData(new byte[] { 0x00 })] // A field without a number.
    [InlineData(new byte[] { 0x0b })] // A group, which nobody writes.
    public void Nonsense_is_refused(byte[] body)
    {
        Should.Throw<MalformedException>(() => OtlpTraces.Read(body));
        Should.Throw<MalformedException>(() => OtlpMetrics.Read(body));
    }
}
