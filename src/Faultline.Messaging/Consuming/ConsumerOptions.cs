using Faultline.Messaging.Retry;

namespace Faultline.Messaging.Consuming;

/// <summary>How a consumer works.</summary>
public sealed record ConsumerOptions
{
    /// <summary>Batches handled at the same time, each in a transaction of its own.</summary>
    /// <value>4; 1 to 64.</value>
    public int WorkersMax { get; init; } = 4;

    /// <summary>Messages handled in one transaction.</summary>
    /// <value>100; 1 to 1,000.</value>
    public int BatchMessagesMax { get; init; } = 100;

    /// <summary>Messages taken from the broker and not yet settled.</summary>
    /// <value>1,000; at least <see cref="BatchMessagesMax"/>, at most 20,000.</value>
    public int UnsettledMax { get; init; } = 1_000;

    /// <summary>How long a delivery that was lost on the way, or an acknowledgement that was, takes to come again.</summary>
    /// <value>1 s; 10 ms to 1 h.</value>
    public TimeSpan RedeliverAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long messages in hand may take to be finished when the process is asked to end.</summary>
    /// <value>5 s; 0 to 1 h. What is not finished by then is undone, and delivered again to whoever comes next.</value>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the inbox remembers a message; longer than any redelivery can take.</summary>
    /// <value>7 days; at least 1 h.</value>
    public TimeSpan InboxKept { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Retries.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>What is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (WorkersMax is < 1 or > 64) yield return $"consumer.workersMax is {WorkersMax}; it must be 1 to 64";
        if (BatchMessagesMax is < 1 or > 1_000) yield return $"consumer.batchMessagesMax is {BatchMessagesMax}; it must be 1 to 1000";
        if (UnsettledMax < BatchMessagesMax || UnsettledMax > 20_000) yield return $"consumer.unsettledMax is {UnsettledMax}; it must be {BatchMessagesMax} (batchMessagesMax) to 20000";
        if (RedeliverAfter < TimeSpan.FromMilliseconds(10) || RedeliverAfter > TimeSpan.FromHours(1)) yield return $"consumer.redeliverAfter is {RedeliverAfter}; it must be 10 ms to 1 h";
        if (StopGrace < TimeSpan.Zero || StopGrace > TimeSpan.FromHours(1)) yield return $"consumer.stopGrace is {StopGrace}; it must be 0 to 1 h";
        if (InboxKept < TimeSpan.FromHours(1)) yield return $"consumer.inboxKept is {InboxKept}; it must be at least 1 h, longer than any redelivery";
        foreach (string problem in Retry.Problems()) yield return $"consumer.{problem}";
    }
}
