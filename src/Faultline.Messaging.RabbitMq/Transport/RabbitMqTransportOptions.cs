namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Times and sizes of the RabbitMQ transport. The defaults are what the product runs with.</summary>
public sealed record RabbitMqTransportOptions
{
    /// <summary>How often broker and client show each other that they live. Either ends the connection after about two of these without a sign.</summary>
    /// <value>3 seconds; 1 to 60, in whole seconds.</value>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a batch waits for its confirms, a blocked connection included. Afterwards its outcome is unknown.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long anything else that is asked of the broker may take.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait between two attempts to reconnect.</summary>
    /// <value>1 second.</value>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many deliveries of one partition the broker may send ahead, at least. Where the limit of a subscription, shared out over all partitions, is below this, more is sent ahead than is handed out;
    /// what was sent and not handed out is then noted at the broker, which costs a round trip for each batch.
    /// </summary>
    /// <value>32; 1 to 1,000.</value>
    public int PrefetchMin { get; init; } = 32;

    /// <summary>
    /// How long queues that are new wait before anything is sent to them. RabbitMQ writes up to a second late into its list of quorum queues that it has one; killed in that second, it comes back with
    /// the queue empty, whatever it had confirmed.
    /// </summary>
    /// <value>2 seconds; 0 to 60. It costs that much at the first start of a system on a broker. 0 only where the broker is never killed.</value>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a baton is in hand before another takes its place. RabbitMQ closes the channel of a consumer that holds a message for longer than its consumer timeout (30 minutes by default), and
    /// all batons of a subscription share one channel.
    /// </summary>
    /// <value>10 minutes; 100 ms to 1 hour. Below half the broker's consumer timeout.</value>
    public TimeSpan BatonAgeMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What is wrong with these values; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Heartbeat < TimeSpan.FromSeconds(1) || Heartbeat > TimeSpan.FromSeconds(60)) yield return $"heartbeat is {Heartbeat}; it must be 1 s to 60 s";
        if (SendTimeout <= TimeSpan.Zero) yield return $"sendTimeout is {SendTimeout}; it must be more than 0";
        if (AnswerTimeout <= TimeSpan.Zero) yield return $"answerTimeout is {AnswerTimeout}; it must be more than 0";
        if (ReconnectDelayMax <= TimeSpan.Zero) yield return $"reconnectDelayMax is {ReconnectDelayMax}; it must be more than 0";
        if (SettleTime < TimeSpan.Zero || SettleTime > TimeSpan.FromSeconds(60)) yield return $"settleTime is {SettleTime}; it must be 0 to 60 s";
        if (BatonAgeMax < TimeSpan.FromMilliseconds(100) || BatonAgeMax > TimeSpan.FromHours(1)) yield return $"batonAgeMax is {BatonAgeMax}; it must be 100 ms to 1 h";
        if (PrefetchMin is < 1 or > 1_000) yield return $"prefetchMin is {PrefetchMin}; it must be 1 to 1000";
    }
}
