using Faultline.Messaging.Publishing;

namespace Faultline.Hosting.Figures;

/// <summary>
/// What an instance says about itself every <see cref="Interval"/>, to the service that its system names with <see cref="SystemDefinition.MetricsService"/>. It is broadcast: at most once, outside of outbox, ledger and
/// audit, so that no verdict rests on it. Totals count from the start of the process; what is made of two reports is a rate. Immutable.
/// </summary>
[Message(MessageType)]
public sealed record InstanceFigures : IMessage
{
    /// <summary>The stable name.</summary>
    public const string MessageType = "faultline.figures";

    /// <summary>How often an instance reports.</summary>
    /// <value>3 seconds.</value>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(3);

    /// <summary>The service, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The instance, unique among those of the service; it keeps its name when it is started anew.</summary>
    public required string Instance { get; init; }

    /// <summary>When the process began to report, UTC: another value is another process.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Counts the reports of a process, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>Seconds since <see cref="StartedAt"/>, by a clock that nobody sets.</summary>
    public required double RunningSeconds { get; init; }

    /// <summary>Processor time of the process so far, in seconds of one core.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Physical memory of the process, in bytes.</summary>
    public required long WorkingSetBytes { get; init; }

    /// <summary>Messages handled to the end so far, also those that were recognised as handled before. A failed attempt is none: the message comes again, or is a dead letter.</summary>
    public required long In { get; init; }

    /// <summary>Messages published by committed transactions so far.</summary>
    public required long Out { get; init; }

    /// <summary>What waits for the whole service; null until it could be read once.</summary>
    public Backlog? Backlog { get; init; }

    /// <summary>Whether the process ends with this report, as it was asked to.</summary>
    public bool IsLast { get; init; }

    string? IMessage.Key => null;
}

/// <summary>What waits in the queue and in the database of a service. All its instances read the same. Immutable.</summary>
public sealed record Backlog
{
    /// <summary>Messages in the service's queue, delivered and not acknowledged ones included.</summary>
    public long Queue { get; init; }

    /// <summary>The age of the oldest of them, in seconds; null when there is none, 0 when the broker does not know it.</summary>
    public double? QueueOldestSeconds { get; init; }

    /// <summary>Rows in the outbox.</summary>
    public long Outbox { get; init; }

    /// <summary>How far the outbox lags behind: the age of its oldest row, in seconds; null when it is empty.</summary>
    public double? OutboxOldestSeconds { get; init; }

    /// <summary>Messages parked for a retry.</summary>
    public long Parked { get; init; }

    /// <summary>Dead letters that nobody has put back or discarded.</summary>
    public long DeadLetters { get; init; }

    /// <summary>How long before its report this was read, in seconds: not every report reads anew.</summary>
    public double ReadSecondsAgo { get; init; }
}
