using Faultline.Hosting.Http;
using Faultline.Messaging.Publishing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using TicketFlow.Communication.Contracts;
using TicketFlow.Desk;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /tickets/{id}/qualification: a supervisor says what a ticket is and how bad. An incident raises an alert.</summary>
internal static class Qualify
{
    public sealed record Request(string? Type = null, string? Severity = null);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tickets/{id:guid}/qualification", HandleAsync).Answers<TicketActions.Reply>("A supervisor says what a ticket is and how bad", StatusCodes.Status200OK, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).RequireDesk(DeskRole.Supervisor);

    private static async Task<IResult> HandleAsync(Guid id, Request request, TicketActions actions, HttpContext http)
    {
        var problems = new Dictionary<string, string>();
        if (!TicketWords.TryRead(request.Type, out TicketKind kind)) problems["type"] = $"must be one of {TicketWords.All<TicketKind>()}";
        if (!TicketWords.TryRead(request.Severity, out Severity severity)) problems["severity"] = $"must be one of {TicketWords.All<Severity>()}";
        if (problems.Count > 0) return Problems.Of(StatusCodes.Status400BadRequest, "qualification.invalid", "some fields cannot be accepted", problems);

        return await actions.RunAsync(http, id, new TicketAction(TicketEvent.Qualified, request, $"{request.Type}, {request.Severity}", async change =>
        {
            Ticket ticket = change.Ticket;
            ticket.Kind = kind;
            ticket.Severity = severity;
            IReadOnlyList<Contact> supervisors = await SupervisorsAsync(change.Db, http.RequestAborted);
            if (kind == TicketKind.Incident) change.Unit.Publish(AlertOf(ticket, severity, supervisors, change.Now));
            return new TicketQualified(
                id, ticket.Version, kind, severity, ticket.EnglishTitle ?? ticket.Title, new Contact(ticket.Customer, ticket.Email), ticket.CreatedAt, supervisors, change.Now);
        }));
    }

    private static async Task<IReadOnlyList<Contact>> SupervisorsAsync(TicketsDb db, CancellationToken stop) =>
        await db.People.Where(person => person.Role == DeskRole.Supervisor).OrderBy(person => person.Name).Select(person => new Contact(person.Name, person.Email)).ToArrayAsync(stop);

    private static Alert AlertOf(Ticket ticket, Severity severity, IReadOnlyList<Contact> supervisors, DateTimeOffset now) => new(
        $"incident-reported-{ticket.Id}", "incident-reported", ticket.Id, $"Incident ({TicketWords.Of(severity)}): {ticket.EnglishTitle ?? ticket.Title}",
        $"{ticket.Customer} reports: {ticket.EnglishDescription ?? ticket.Description}", supervisors, now);
}
