using Faultline.Messaging.Topology;

namespace Faultline.Bench.Throughput.Options;

/// <summary>What the contenders may be tuned by; the same for all in one run.</summary>
internal sealed record Tuning
{
    /// <summary>Rows that the relay sends in one transaction of the broker.</summary>
    public int RelayBatch { get; init; } = 500;

    /// <summary>Deliveries that a consumer handles in one transaction.</summary>
    public int ConsumerBatch { get; init; } = 200;

    /// <summary>Partitions of a queue of the core.</summary>
    public int Partitions { get; init; } = SystemTopology.DefaultPartitions;

    /// <summary>How long a relay under load lets rows gather before it reads again.</summary>
    public TimeSpan RelayLinger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a consumer under load lets messages gather before it reads again.</summary>
    public TimeSpan ConsumerLinger { get; init; } = TimeSpan.Zero;

    /// <summary>A batch of at least this many rows counts as load; below it nothing lingers, so that latency at a low rate does not suffer.</summary>
    public int LingerFrom { get; init; } = 16;

    /// <summary>How often relay and consumer look without having been woken.</summary>
    public TimeSpan SafetyPoll { get; init; } = TimeSpan.FromSeconds(1);
}
