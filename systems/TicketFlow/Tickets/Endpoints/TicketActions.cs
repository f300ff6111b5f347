using System.Globalization;
using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Faultline.Messaging.Publishing;
using Microsoft.AspNetCore.Http;
using TicketFlow.Desk;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;
using TicketFlow.Tickets.Handlers;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>What somebody does to a ticket.</summary>
/// <param name="Happened">The event of the state table.</param>
/// <param name="Request">What was asked, for the fingerprint of its key.</param>
/// <param name="Detail">For the ticket's history; null for none.</param>
/// <param name="Apply">Changes the ticket beyond its state, and says what has happened, at its new version.</param>
internal sealed record TicketAction(TicketEvent Happened, object Request, string? Detail, Func<TicketChange, Task<IMessage>> Apply)
{
    /// <summary>One whose change asks nobody.</summary>
    public TicketAction(TicketEvent happened, object request, string? detail, Func<TicketChange, IMessage> apply)
        : this(happened, request, detail, change => Task.FromResult(apply(change)))
    {
    }
}

/// <summary>A ticket in the middle of its change.</summary>
/// <param name="Ticket">The ticket, with its new state and version.</param>
/// <param name="By">Who changes it.</param>
/// <param name="Db">Its database, inside the transaction.</param>
/// <param name="Unit">What else is published.</param>
/// <param name="Now">When.</param>
internal sealed record TicketChange(Ticket Ticket, DeskPerson By, TicketsDb Db, UnitOfWork Unit, DateTimeOffset Now);

/// <summary>
/// Runs what people do to tickets: one at a time for each ticket, by the state table, and only on the version that they have seen. Whoever was slower than somebody else is told so (409), and changes nothing. Thread-safe.
/// </summary>
internal sealed class TicketActions(IdempotentWrites writes, DbContexts<TicketsDb> contexts, TimeProvider time)
{
    public sealed record Reply(Guid Id, string State, int Version);

    /// <summary>Does it, once for each Idempotency-Key.</summary>
    public async Task<IResult> RunAsync(HttpContext http, Guid id, TicketAction action)
    {
        if (!TryReadSeen(http, out int? seen)) return Problems.Of(StatusCodes.Status400BadRequest, "if-match.invalid", "If-Match must be the version of the ticket as it was seen, such as \"3\"");

        DeskPerson by = http.Person();
        // Whose request it is belongs to it: with somebody else's key nobody gets somebody else's answer.
        return await writes.RunAsync(http, new { id, by = by.Id, Event = TicketWords.Of(action.Happened), action.Request }, async (unit, stop) =>
        {
            TicketsDb db = contexts.For(unit);
            await unit.LockAsync(Translating.LockOf(id), stop);
            if (await db.Tickets.FindAsync([id], stop) is not { } ticket) return WriteReply.Refused(Unknown(id));
            if (BelongsToAnother(ticket, by) is { } refusal) return WriteReply.Refused(refusal);
            if (seen is { } version && version != ticket.Version) return WriteReply.Refused(Conflict(ticket, $"the ticket has changed since you saw it: it was at version {version} and is at {ticket.Version}"));
            if (TicketStates.Next(ticket.State, action.Happened) is not { } next) return WriteReply.Refused(Conflict(ticket, $"a ticket that is {TicketWords.Of(ticket.State)} cannot be {TicketWords.Of(action.Happened)}"));

            DateTimeOffset now = time.GetUtcNow();
            TicketState before = ticket.State;
            ticket.State = next;
            ticket.Version++;
            IMessage told = await action.Apply(new TicketChange(ticket, by, db, unit, now));
            db.Add(Translating.StepOf(ticket, action.Happened, before, now, by.Name, action.Detail));
            unit.Publish(told);
            unit.Publish(new TicketStatusChanged(id, next, ticket.Version, TicketWords.Of(action.Happened), now));
            return new WriteReply(StatusCodes.Status200OK, new Reply(id, TicketWords.Of(next), ticket.Version));
        });
    }

    /// <summary>There is no such ticket.</summary>
    public static IResult Unknown(Guid id) => Problems.Of(StatusCodes.Status404NotFound, "ticket.unknown", $"there is no ticket {id}");

    /// <summary>An agent leaves tickets of others alone.</summary>
    public static IResult? BelongsToAnother(Ticket ticket, DeskPerson by) =>
        by.Role == DeskRole.Supervisor || ticket.AssigneeId is null || ticket.AssigneeId == by.Id ? null : DeskAccess.NotAllowed("this ticket is somebody else's; a supervisor can assign it to you");

    /// <summary>The ticket is not as it would have to be: says how it is and what may be done to it now.</summary>
    public static IResult Conflict(Ticket ticket, string detail)
    {
        string[] allowed = [.. TicketStates.Allowed(ticket.State).Select(TicketStates.ActionOf).OfType<string>()];
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: "ticket.conflict", extensions: new Dictionary<string, object?>
        {
            ["code"] = "ticket.conflict",
            ["state"] = TicketWords.Of(ticket.State),
            ["version"] = ticket.Version,
            ["allowed"] = allowed,
        });
    }

    private static bool TryReadSeen(HttpContext http, out int? seen)
    {
        string text = http.Request.Headers.IfMatch.ToString().Trim();
        seen = null;
        if (text is "" or "*") return true;
        if (!int.TryParse(text.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out int version)) return false;
        seen = version;
        return true;
    }
}
