using System.Diagnostics.Metrics;
using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>The meter of the fault points.</summary>
public static class FaultTelemetry
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Faultline.Anomalies";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Fired = Meter.CreateCounter<long>("faultline.anomaly.fired", "{firing}", "Faults that acted at a fault point.");
    private static readonly Counter<long> Failed = Meter.CreateCounter<long>("faultline.anomaly.claims_failed", "{claim}", "Claims that failed: the fault did not act.");

    internal static void CountFired(Anomaly anomaly, int count) => Fired.Add(count, new("point", anomaly.Point), new("kind", anomaly.Kind));

    internal static void CountFailed(Anomaly anomaly) => Failed.Add(1, new("point", anomaly.Point), new("kind", anomaly.Kind));
}
