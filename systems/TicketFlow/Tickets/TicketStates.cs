using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tickets;

/// <summary>What can happen to a ticket.</summary>
public enum TicketEvent
{
    /// <summary>Created, in English or translated already, or in a language nobody can translate.</summary>
    CreatedReady,

    /// <summary>Created, not translated yet.</summary>
    CreatedUntranslated,

    /// <summary>Translated, failed to be, or not in time.</summary>
    TranslationEnded,

    /// <summary>A supervisor has said what it is and how bad.</summary>
    Qualified,

    /// <summary>Somebody works on it; again: somebody else.</summary>
    Assigned,

    /// <summary>Work waits for something.</summary>
    Blocked,

    /// <summary>Work goes on.</summary>
    Unblocked,

    /// <summary>Answered.</summary>
    Resolved,
}

/// <summary>One allowed transition.</summary>
/// <param name="From">The state before; null for a ticket that does not exist yet.</param>
/// <param name="Event">What happened.</param>
/// <param name="To">The state after.</param>
public sealed record TicketTransition(TicketState? From, TicketEvent Event, TicketState To);

/// <summary>The state table of a ticket, the one place in code: the server, the tests and the screens use it. Whatever is not in it is refused. Pure.</summary>
public static class TicketStates
{
    /// <summary>All allowed transitions.</summary>
    public static IReadOnlyList<TicketTransition> All { get; } =
    [
        new(null, TicketEvent.CreatedReady, TicketState.AwaitingQualification),
        new(null, TicketEvent.CreatedUntranslated, TicketState.AwaitingTranslation),
        new(TicketState.AwaitingTranslation, TicketEvent.TranslationEnded, TicketState.AwaitingQualification),
        new(TicketState.AwaitingQualification, TicketEvent.Qualified, TicketState.Qualified),
        new(TicketState.Qualified, TicketEvent.Assigned, TicketState.Qualified),
        new(TicketState.Qualified, TicketEvent.Blocked, TicketState.Blocked),
        new(TicketState.Blocked, TicketEvent.Unblocked, TicketState.Qualified),
        new(TicketState.Qualified, TicketEvent.Resolved, TicketState.Resolved),
    ];

    /// <summary>The state after an event, or null when the event is refused.</summary>
    /// <param name="from">The state before; null for a ticket that does not exist yet.</param>
    /// <param name="happened">What happened.</param>
    public static TicketState? Next(TicketState? from, TicketEvent happened) => All.FirstOrDefault(transition => transition.From == from && transition.Event == happened)?.To;

    /// <summary>What a person does to make an event happen, in the word of the API; null for an event that comes by a message.</summary>
    /// <param name="happened">The event.</param>
    public static string? ActionOf(TicketEvent happened) => happened switch
    {
        TicketEvent.Qualified => "qualify",
        TicketEvent.Assigned => "assign",
        TicketEvent.Blocked => "block",
        TicketEvent.Unblocked => "unblock",
        TicketEvent.Resolved => "resolve",
        _ => null,
    };

    /// <summary>What may happen to a ticket in a state.</summary>
    /// <param name="from">The state; null for a ticket that does not exist yet.</param>
    public static IReadOnlyList<TicketEvent> Allowed(TicketState? from) => [.. All.Where(transition => transition.From == from).Select(transition => transition.Event)];
}
