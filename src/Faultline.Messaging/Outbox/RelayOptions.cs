namespace Faultline.Messaging.Outbox;

/// <summary>How the relay works.</summary>
public sealed record RelayOptions
{
    /// <summary>Messages in one send.</summary>
    /// <value>500; 1 to 5,000.</value>
    public int BatchRowsMax { get; init; } = 500;

    /// <summary>Outbox rows held in memory: read, and not yet confirmed and deleted.</summary>
    /// <value>2,000; at least <see cref="BatchRowsMax"/>, at most 20,000.</value>
    public int HeldRowsMax { get; init; } = 2_000;

    /// <summary>How long the next read waits after one that found <see cref="LingerFrom"/> rows or more: under load rows gather, and fewer, larger batches leave more of the machine to others.</summary>
    /// <value>20 ms; 0 to 1 s.</value>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>From how many rows on a read shows load. A lone message is never held up.</summary>
    /// <value>16; at least 2.</value>
    public int LingerFrom { get; init; } = 16;

    /// <summary>How long confirmed rows may wait for others to be deleted with them.</summary>
    /// <value>20 ms; 0 to 1 s. A crash meanwhile sends them again, which inboxes swallow.</value>
    public TimeSpan DeleteLinger { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a confirm may take before the message is sent again.</summary>
    /// <value>2 s; 100 ms to 5 min.</value>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The pause after a first failed send; doubles with each further one up to <see cref="PauseMax"/>.</summary>
    /// <value>50 ms.</value>
    public TimeSpan PauseMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause after a failed send.</summary>
    /// <value>5 s.</value>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (BatchRowsMax is < 1 or > 5_000) yield return $"relay.batchRowsMax is {BatchRowsMax}; it must be 1 to 5000";
        if (HeldRowsMax < BatchRowsMax || HeldRowsMax > 20_000) yield return $"relay.heldRowsMax is {HeldRowsMax}; it must be {BatchRowsMax} (batchRowsMax) to 20000";
        if (Linger < TimeSpan.Zero || Linger > TimeSpan.FromSeconds(1)) yield return $"relay.linger is {Linger}; it must be 0 to 1 s";
        if (LingerFrom < 2) yield return $"relay.lingerFrom is {LingerFrom}; it must be at least 2";
        if (DeleteLinger < TimeSpan.Zero || DeleteLinger > TimeSpan.FromSeconds(1)) yield return $"relay.deleteLinger is {DeleteLinger}; it must be 0 to 1 s";
        if (ConfirmTimeout < TimeSpan.FromMilliseconds(100) || ConfirmTimeout > TimeSpan.FromMinutes(5)) yield return $"relay.confirmTimeout is {ConfirmTimeout}; it must be 100 ms to 5 min";
        if (PauseMin <= TimeSpan.Zero || PauseMax < PauseMin) yield return $"relay.pauseMin is {PauseMin} and relay.pauseMax is {PauseMax}; they must be above zero, and pauseMax not below pauseMin";
    }
}
