using Faultline.Hosting.Figures;

namespace TicketFlow.Metrics.Live;

/// <summary>Whether something runs, as far as its reports tell.</summary>
internal enum LiveState
{
    /// <summary>It reports in time.</summary>
    Up,

    /// <summary>One or two reports are missing.</summary>
    Late,

    /// <summary>Three reports are missing, or it said that it ends.</summary>
    Down,
}

/// <summary>What is known at one moment. Holds no ages, so that it changes only when something does. Immutable.</summary>
/// <param name="Services">Sorted by name.</param>
/// <param name="IsFull">Whether <see cref="LiveFigures.InstancesMax"/> instances are known: another one is then left out.</param>
internal sealed record LiveSnapshot(IReadOnlyList<LiveService> Services, bool IsFull);

/// <summary>A service: what its instances come to. Sums are over those that are not down.</summary>
/// <param name="Service">As <c>system/service</c>.</param>
/// <param name="State">That of its best instance.</param>
/// <param name="InstancesUp">Instances that are up.</param>
/// <param name="Load">Sum of what its instances do.</param>
/// <param name="Backlog">What waits for it, as one of its instances read it last; null when none has yet.</param>
/// <param name="BacklogAt">When that was read, UTC: while all its instances are down, this does not move.</param>
/// <param name="Instances">Sorted by name.</param>
internal sealed record LiveService(string Service, LiveState State, int InstancesUp, LiveLoad Load, LiveBacklog? Backlog, DateTimeOffset? BacklogAt, IReadOnlyList<LiveInstance> Instances);

/// <summary>An instance.</summary>
/// <param name="Instance">Its name.</param>
/// <param name="State">Whether it runs.</param>
/// <param name="IsStopped">Whether it said that it ends.</param>
/// <param name="StartedAt">When the process began, UTC.</param>
/// <param name="ReportedAt">When its newest report came, UTC.</param>
/// <param name="Load">What it does; null while it is down.</param>
internal sealed record LiveInstance(string Instance, LiveState State, bool IsStopped, DateTimeOffset StartedAt, DateTimeOffset ReportedAt, LiveLoad? Load);

/// <summary>What one process does, or several together.</summary>
/// <param name="MemoryBytes">Physical memory.</param>
/// <param name="Cpu">Cores in use: 1 is one core, all of the time; null until there are two reports.</param>
/// <param name="InPerSecond">Messages handled to the end; null until there are two reports.</param>
/// <param name="OutPerSecond">Messages published; null until there are two reports.</param>
internal sealed record LiveLoad(long MemoryBytes, double? Cpu, double? InPerSecond, double? OutPerSecond);

/// <summary>What waits for a service. Ages are those of the moment of the reading.</summary>
/// <param name="Queue">Messages in its queue, delivered and not acknowledged ones included.</param>
/// <param name="QueueOldestSeconds">The age of the oldest; null when there is none.</param>
/// <param name="Outbox">Rows in its outbox.</param>
/// <param name="OutboxLagSeconds">The age of the oldest row; null when there is none.</param>
/// <param name="Parked">Messages parked for a retry.</param>
/// <param name="DeadLetters">Dead letters.</param>
internal sealed record LiveBacklog(long Queue, double? QueueOldestSeconds, long Outbox, double? OutboxLagSeconds, long Parked, long DeadLetters)
{
    /// <summary>As it was reported.</summary>
    public static LiveBacklog Of(Backlog reported) =>
        new(reported.Queue, reported.QueueOldestSeconds, reported.Outbox, reported.OutboxOldestSeconds, reported.Parked, reported.DeadLetters);
}
