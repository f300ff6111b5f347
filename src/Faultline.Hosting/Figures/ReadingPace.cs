namespace Faultline.Hosting.Figures;

/// <summary>
/// When the backlog is worth reading again: it costs statements in the database and, on RabbitMQ, some seventy frames to the broker. While something moves or waits, a reading may be due with each report,
/// but reading is never more than a hundredth of the time; while nothing does, it is rare. Pure.
/// </summary>
internal static class ReadingPace
{
    /// <summary>The longest time between two readings.</summary>
    public static readonly TimeSpan Rare = TimeSpan.FromSeconds(10);

    private const int ShareOfTime = 100;

    /// <summary>Whether to read now.</summary>
    /// <param name="sinceLast">Since the last reading began.</param>
    /// <param name="took">How long that took.</param>
    /// <param name="moved">Whether a message was handled or published since.</param>
    /// <param name="last">What it has read; null when it failed.</param>
    public static bool IsDue(TimeSpan sinceLast, TimeSpan took, bool moved, Backlog? last)
    {
        if (sinceLast >= Rare) return true;

        bool waits = last is not null && last.Queue + last.Outbox + last.Parked > 0;
        return (moved || waits) && sinceLast >= took * ShareOfTime;
    }
}
