using Faultline.Hosting.Data;
using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using TicketFlow.Desk;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /tickets/{id}/assignment: a supervisor assigns anyone, an agent only themselves, and not what somebody else works on.</summary>
internal static class Assign
{
    public sealed record Request(Guid? PersonId = null);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tickets/{id:guid}/assignment", HandleAsync).Answers<TicketActions.Reply>("Gives a ticket to somebody of the desk", StatusCodes.Status200OK, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).RequireDesk();

    private static async Task<IResult> HandleAsync(Guid id, Request request, TicketActions actions, DbContexts<TicketsDb> contexts, NpgsqlDataSource database, HttpContext http)
    {
        if (http.Person() is { Role: DeskRole.Agent } agent && request.PersonId != agent.Id) return DeskAccess.NotAllowed("an agent assigns only themselves; a supervisor assigns anyone");

        await using TicketsDb db = contexts.ForReading(database);
        if (await db.People.SingleOrDefaultAsync(person => person.Id == request.PersonId, http.RequestAborted) is not { } assignee)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "assignment.invalid", "some fields cannot be accepted", new Dictionary<string, string> { ["personId"] = "must be the id of somebody of the desk; GET /people lists them" });
        }

        return await actions.RunAsync(http, id, new TicketAction(TicketEvent.Assigned, request, assignee.Name, change =>
        {
            change.Ticket.AssigneeId = assignee.Id;
            return new AgentAssigned(id, change.Ticket.Version, new Contact(assignee.Name, assignee.Email), change.Now);
        }));
    }
}
