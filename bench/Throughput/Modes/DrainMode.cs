using System.Globalization;
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
        await rig.AskProducerAsync(string.Create(CultureInfo.InvariantCulture, $"burst {options.Waiting}"), stop);
        rig.Committed(options.Waiting);
        await rig.RestartProducerAsync(stop);
        await rig.SettleAsync(stop);
        rig.StartMeasure();
        await rig.AskProducerAsync("relay", stop);
        return await rig.EndMeasureAsync(messages: options.Waiting, stop, alreadyCommitted: true);
    }
}
