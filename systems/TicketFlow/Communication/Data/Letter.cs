using TicketFlow.Communication.Contracts;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Communication.Data;

/// <summary>A message to people, and how far it has come.</summary>
internal sealed record Letter
{
    /// <summary>What it is for; also its file's name and the left side of its Message-ID.</summary>
    public required string Id { get; init; }

    public required LetterKind Kind { get; init; }

    public required Guid? TicketId { get; init; }

    /// <summary>For a reply or a resolution: what was written, as translations name it.</summary>
    public required Guid? TextId { get; init; }

    public required IReadOnlyList<Contact> Recipients { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    public required string? Author { get; init; }

    /// <summary>When it was caused; the date of the e-mail.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it came here: its age counts from then, so that a service that was away for days does not give up at once.</summary>
    public DateTimeOffset StoredAt { get; init; }

    /// <summary>Whether nothing is to be done any more: it was sent, or given up.</summary>
    public bool IsSettled { get; init; }

    /// <summary>Attempts so far.</summary>
    public int Tries { get; init; }

    /// <summary>Addresses for which the mail server has taken it.</summary>
    public IReadOnlyList<string> Reached { get; init; } = [];

    /// <summary>Addresses that will never be reached.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];

    /// <summary>Addresses that it must still be handed over for.</summary>
    public IReadOnlyList<string> Outstanding => [.. Recipients.Select(recipient => recipient.Email).Distinct().Except(Reached).Except(Refused)];
}
