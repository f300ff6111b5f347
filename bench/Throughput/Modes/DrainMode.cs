using Faultline.Bench.Throughput.Options;

namespace Faultline.Bench.Throughput.Modes;

/// <summary>How fast a relay that was down catches up with a full outbox. The relay's process is new and cold; the consumer is warm.</summary>
internal sealed class DrainMode : IMode
{
    public string Name => "drain";

    public async Task<Measured> RunAsync(Rig rig, BenchOptions options, CancellationToken stop)
    {
        await rig.WarmUpAsync(options.Warmup, stop);
        await rig.RestartProducerAsync(stop);
        await rig.BurstAsync(options.Waiting, stop);
        await rig.RestartProducerAsync(stop);
        await rig.SettleAsync(stop);
        rig.StartMeasure();
        await rig.StartRelayAsync(stop);
        Measured measured = await rig.EndMeasureAsync(options.Waiting, stop);
        return measured with { Latency = null };
    }
}
