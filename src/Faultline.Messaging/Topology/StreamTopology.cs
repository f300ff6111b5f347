namespace Faultline.Messaging.Topology;

/// <summary>
/// The log in which a broker keeps the events of a system besides their queues. Nobody takes anything out of it: it is read from any offset, as often as wanted, and forgets its oldest part when it grows
/// past a bound.
/// </summary>
/// <param name="Name">For example <c>ticketflow/events</c>; unique in the broker; 1 to 200 characters.</param>
public sealed record StreamTopology(string Name)
{
    /// <summary>How long an event is kept at least, unless <see cref="BytesMax"/> is reached before. The broker forgets in larger pieces, so it may be there longer.</summary>
    /// <value>7 days; 1 minute to 3,650 days, in whole seconds.</value>
    public TimeSpan AgeMax { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How much is kept at most, in bytes of bodies; about, for a broker forgets in larger pieces.</summary>
    /// <value>1 GiB; at least 64 KiB.</value>
    public long BytesMax { get; init; } = 1L << 30;

    /// <summary>The size of the pieces that a broker forgets at a time.</summary>
    /// <value>A sixteenth of <see cref="BytesMax"/>, at most 100 MiB.</value>
    public long PieceBytes => Math.Min(BytesMax / 16, 100L << 20);

    /// <summary>Which message types are kept; null for all that the services publish.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Whether a type is kept.</summary>
    /// <param name="type">The stable name.</param>
    public bool Keeps(string type) => Types is null || Types.Contains(type);

    /// <summary>What is wrong; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Name.Length is 0 or > 200) yield return $"the name of a stream has {Name.Length} characters; it must have 1 to 200";
        if (AgeMax < TimeSpan.FromMinutes(1) || AgeMax > TimeSpan.FromDays(3650)) yield return $"the stream '{Name}' keeps events for {AgeMax}; it must be 1 minute to 3650 days";
        if (BytesMax < 64 * 1024) yield return $"the stream '{Name}' keeps {BytesMax} bytes; it must be at least 65536";
    }
}
