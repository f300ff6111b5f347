using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Faultline.Hosting.Telemetry;

/// <summary>Takes the first traces of each second, and none that begin with a call to somebody else: the housekeeping of a service is no trace of a request. Thread-safe.</summary>
/// <param name="perSecond">How many.</param>
/// <param name="time">The clock.</param>
internal sealed class TracesPerSecondSampler(int perSecond, TimeProvider time) : Sampler
{
    private static readonly SamplingResult Taken = new(SamplingDecision.RecordAndSample), Left = new(SamplingDecision.Drop);

    private readonly Lock _gate = new();
    private long _second;
    private int _count;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        if (samplingParameters.Kind is not (ActivityKind.Server or ActivityKind.Consumer)) return Left;

        long now = time.GetTimestamp() / time.TimestampFrequency;
        lock (_gate)
        {
            if (now != _second) (_second, _count) = (now, 0);
            return ++_count <= perSecond ? Taken : Left;
        }
    }
}
