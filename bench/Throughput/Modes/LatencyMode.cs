using Faultline.Bench.Throughput.Options;

namespace Faultline.Bench.Throughput.Modes;

/// <summary>How long a message takes at a fixed, low rate.</summary>
internal sealed class LatencyMode : IMode
{
    public string Name => "latency";

    public async Task<Measured> RunAsync(Rig rig, BenchOptions options, CancellationToken stop)
    {
        await rig.WarmUpAsync(options.Warmup, stop);
        int messages = options.Rate * options.Seconds;
        rig.StartMeasure();
        double worstLatenessMs = await rig.PacedAsync(messages, options.Rate, stop);
        Measured measured = await rig.EndMeasureAsync(messages, stop);
        return measured with { WorstLatenessMs = Math.Round(worstLatenessMs, 3) };
    }
}
