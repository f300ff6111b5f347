using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Faultline.Lab.Tests.Telemetry;

/// <summary>What the real exporter of OpenTelemetry sends, byte for byte.</summary>
internal sealed class ExportedBody
{
    public const string Service = "demo/orders", Instance = "orders-1";

    private readonly List<byte[]> _bodies = [];

    /// <summary>The body of the one request in which what was done is told.</summary>
    public static byte[] OfTraces(Action<ActivitySource> act)
    {
        var exported = new ExportedBody();
        using var source = new ActivitySource($"tests.{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}");
        using (TracerProvider provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).SetResourceBuilder(Resource()).AddOtlpExporter(options => exported.Take(options, "traces")).Build())
        {
            act(source);
            provider.ForceFlush().ShouldBeTrue();
        }

        return exported._bodies.ShouldHaveSingleItem();
    }

    public static byte[] OfMetrics(Action<Meter> act)
    {
        var exported = new ExportedBody();
        using var meter = new Meter($"tests.{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}");
        using (MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).SetResourceBuilder(Resource()).AddOtlpExporter((options, reader) =>
        {
            exported.Take(options, "metrics");
            reader.TemporalityPreference = MetricReaderTemporalityPreference.Delta;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
        }).Build())
        {
            act(meter);
            provider.ForceFlush().ShouldBeTrue();
            lock (exported._bodies) return exported._bodies[0];
        }
    }

    private static ResourceBuilder Resource() => ResourceBuilder.CreateEmpty().AddService(Service, serviceInstanceId: Instance);

    private void Take(OtlpExporterOptions options, string signal)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri($"http://127.0.0.1/v1/{signal}");
        options.HttpClientFactory = () => new HttpClient(new Recorder(_bodies));
    }

    private sealed class Recorder(List<byte[]> bodies) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var copy = new MemoryStream();
            request.Content!.CopyTo(copy, context: null, cancellationToken);
            lock (bodies) bodies.Add(copy.ToArray());
            return new HttpResponseMessage(HttpStatusCode.OK);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Send(request, cancellationToken));
    }
}
