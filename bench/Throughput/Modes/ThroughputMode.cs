using System.Diagnostics;
using Faultline.Bench.Throughput.Options;

namespace Faultline.Bench.Throughput.Modes;

/// <summary>As many messages per second as go from commit to ack.</summary>
internal sealed class ThroughputMode : IMode
{
    public string Name => "throughput";

    public async Task<Measured> RunAsync(Rig rig, BenchOptions options, CancellationToken stop)
    {
        await rig.WarmUpAsync(options.Warmup, stop);
        rig.StartMeasure();
        long start = Stopwatch.GetTimestamp();
        await rig.BurstAsync(options.Messages, stop);
        double commitSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Measured measured = await rig.EndMeasureAsync(options.Messages, stop);
        return measured with { CommitSeconds = commitSeconds };
    }
}
