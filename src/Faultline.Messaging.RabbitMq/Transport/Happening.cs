namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>What a subscription's loop hears of: from its callers, from the broker, from the other members, from its own tasks.</summary>
internal abstract record Happening
{
    /// <summary>The broker delivered a message.</summary>
    public sealed record Arrived(int Partition, int Generation, ulong Number, Arrival Arrival) : Happening;

    /// <summary>The broker delivered a baton.</summary>
    public sealed record BatonCame(string Consumer, ulong Number, string Id, HashSet<long> Note) : Happening;

    /// <summary>A new baton was put behind the one in hand, or that failed.</summary>
    public sealed record BatonSent(int Partition, string Id, bool Confirmed) : Happening;

    /// <summary>The broker ended a consumer or a channel.</summary>
    public sealed record LaneEnded(int Partition, int Generation, string Why) : Happening;

    /// <summary>Whatever the broker had sent when it was asked has arrived.</summary>
    public sealed record LaneQuiet(int Partition, int Generation) : Happening;

    /// <summary>It is time to open a lane again.</summary>
    public sealed record Reopen(int Partition) : Happening;

    /// <summary>The queue of a lane is there.</summary>
    public sealed record Mended(int Partition) : Happening;

    /// <summary>Another member told its state.</summary>
    public sealed record MemberTold(MemberState State) : Happening;

    /// <summary>Somebody wants to know what is in hand.</summary>
    public sealed record HoldingsAsked(string ReplyTo) : Happening;

    /// <summary>An announcement went out, or failed.</summary>
    public sealed record Announced(bool Succeeded) : Happening;

    /// <summary>It is time to announce again.</summary>
    public sealed record AnnounceAgain : Happening;

    /// <summary>It is time to try a note again.</summary>
    public sealed record NoteAgain(int Partition) : Happening;

    /// <summary>It is time to see how old the batons are.</summary>
    public sealed record BatonsAge : Happening;

    /// <summary>The connection has ended.</summary>
    public sealed record ConnectionEnded(string Why) : Happening;
}
