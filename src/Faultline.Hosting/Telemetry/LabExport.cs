using System.Diagnostics;
using Faultline.Hosting.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Faultline.Hosting.Telemetry;

/// <summary>How a service tells the lab what it does: often and little, by OTLP over HTTP with protobuf.</summary>
/// <param name="lab">The lab.</param>
/// <param name="key">What the lab knows it by.</param>
internal sealed class LabExport(Uri lab, string? key)
{
    /// <summary>Traces that begin in one instance. A trace that has begun elsewhere goes on whatever the number.</summary>
    public const int TracesPerSecond = 10;

    private const int EveryMs = 1_000;
    private const int LimitMs = 2_000;
    private const int SpansWaitingMax = 2_048;

    /// <summary>Null for a service that no lab has started.</summary>
    public static LabExport? Of(ServiceSettings settings) => settings.LabTelemetry is { Length: > 0 } address ? new LabExport(new Uri(address), settings.LabTelemetryKey) : null;

    public BaseProcessor<Activity> Traces() => new BatchActivityExportProcessor(new OtlpTraceExporter(Options("traces")), SpansWaitingMax, EveryMs, LimitMs);

    public MetricReader Metrics() => new PeriodicExportingMetricReader(new QuietMetricExporter(Options("metrics")), EveryMs, LimitMs) { TemporalityPreference = MetricReaderTemporalityPreference.Delta };

    private OtlpExporterOptions Options(string signal) => new()
    {
        Endpoint = new Uri(lab, $"/v1/{signal}"),
        Protocol = OtlpExportProtocol.HttpProtobuf,
        TimeoutMilliseconds = LimitMs,
        Headers = $"faultline-telemetry={key}",
    };

    /// <summary>Says nothing when there is nothing to say: a system that idles costs nothing.</summary>
    private sealed class QuietMetricExporter(OtlpExporterOptions options) : OtlpMetricExporter(options)
    {
        public override ExportResult Export(in Batch<Metric> metrics) => metrics.Count == 0 ? ExportResult.Success : base.Export(metrics);
    }
}
