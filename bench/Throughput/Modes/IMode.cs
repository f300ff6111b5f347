using Faultline.Bench.Throughput.Measuring;
using Faultline.Bench.Throughput.Options;

namespace Faultline.Bench.Throughput.Modes;

/// <summary>One kind of load and what is measured under it.</summary>
internal interface IMode
{
    string Name { get; }

    /// <summary>Loads a rig that is running and empty, and measures.</summary>
    Task<Measured> RunAsync(Rig rig, BenchOptions options, CancellationToken stop);
}

/// <summary>What one run showed.</summary>
/// <param name="Messages">How many were measured.</param>
/// <param name="Seconds">From the first commit (drain: from the start of the relay) to the last ack.</param>
/// <param name="CpuPer1000">CPU seconds per thousand messages.</param>
/// <param name="Latency">From the begin of the producer's transaction to the end of the consumer's; null where messages were made to wait.</param>
/// <param name="CommitSeconds">How long the producers took; null where they are no part of the measure.</param>
/// <param name="WorstLatenessMs">How far behind its schedule the worst transaction began; null without a schedule.</param>
internal sealed record Measured(int Messages, double Seconds, CpuUse CpuPer1000, Latency? Latency, double? CommitSeconds = null, double? WorstLatenessMs = null);
