namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Times and sizes of the queue transport. The defaults are what the product runs with.</summary>
public sealed record PostgreSqlTransportOptions
{
    /// <summary>How long a session may be silent before the others end it and take its partitions.</summary>
    /// <value>5 seconds; at least 2 seconds and twice <see cref="BeatInterval"/>. Equal in all processes of a broker.</value>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a session renews its lease and looks at its neighbours.</summary>
    /// <value>1 second; at least 100 milliseconds.</value>
    public TimeSpan BeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a session, at one of its beats, reads its partitions without having been told to: a sender that is killed between storing messages and telling of them leaves them waiting for no longer.</summary>
    /// <value>5 seconds; more than 0.</value>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a session looks for what dead sessions left behind: temporary queues, claims.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The shortest time between two notifications of one sender.</summary>
    /// <value>2 milliseconds. Longer saves work under load and delays messages by as much.</value>
    public TimeSpan NotifyGap { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>At most this many messages are read in one round trip.</summary>
    /// <value>500; 1 to 10,000.</value>
    public int FetchRowsMax { get; init; } = 500;

    /// <summary>The longest wait between two attempts to reconnect.</summary>
    /// <value>1 second.</value>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What is wrong with these values; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (BeatInterval < TimeSpan.FromMilliseconds(100)) yield return $"beatInterval is {BeatInterval}; it must be at least 100 ms";
        if (LookInterval <= TimeSpan.Zero) yield return $"lookInterval is {LookInterval}; it must be more than 0";
        if (LeaseDuration < TimeSpan.FromSeconds(2) || LeaseDuration < 2 * BeatInterval) yield return $"leaseDuration is {LeaseDuration}; it must be at least 2 s and twice beatInterval";
        if (FetchRowsMax is < 1 or > 10_000) yield return $"fetchRowsMax is {FetchRowsMax}; it must be 1 to 10000";
        if (NotifyGap < TimeSpan.Zero || NotifyGap > TimeSpan.FromSeconds(1)) yield return $"notifyGap is {NotifyGap}; it must be 0 to 1 s";
        if (ReconnectDelayMax <= TimeSpan.Zero) yield return $"reconnectDelayMax is {ReconnectDelayMax}; it must be more than 0";
        if (SweepInterval <= TimeSpan.Zero) yield return $"sweepInterval is {SweepInterval}; it must be more than 0";
    }
}
