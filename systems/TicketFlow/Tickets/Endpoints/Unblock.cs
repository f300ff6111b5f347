using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /tickets/{id}/unblock: work goes on, and the deadline moves by the time that it waited.</summary>
internal static class Unblock
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tickets/{id:guid}/unblock", HandleAsync).Answers<TicketActions.Reply>("Work on a ticket goes on", StatusCodes.Status200OK, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).RequireDesk();

    private static Task<IResult> HandleAsync(Guid id, TicketActions actions, HttpContext http) =>
        actions.RunAsync(http, id, new TicketAction(TicketEvent.Unblocked, "", null, change =>
        {
            change.Ticket.BlockReason = null;
            change.Ticket.BlockedAt = null;
            return new TicketUnblocked(id, change.Ticket.Version, change.Now);
        }));
}
