namespace TicketFlow.Tickets;

/// <summary>How the tickets service works, from the section <c>TicketFlow</c>.</summary>
public sealed record TicketOptions
{
    /// <summary>How long a ticket waits for its translation before a person gets it with a mark.</summary>
    /// <value>60 s; 1 s to 1 day.</value>
    public TimeSpan TranslationLimit { get; init; } = TimeSpan.FromSeconds(60);
}
