using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;
using TicketFlow.Text;
using TicketFlow.Tickets.Contracts;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /tickets/{id}/block: work waits for something; the clock of the agreement stands.</summary>
internal static class Block
{
    private const int ReasonCharsMax = 500;

    public sealed record Request(string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tickets/{id:guid}/block", HandleAsync).Answers<TicketActions.Reply>("Work on a ticket waits, and its clock stands", StatusCodes.Status200OK, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).RequireDesk();

    private static async Task<IResult> HandleAsync(Guid id, Request request, TicketActions actions, HttpContext http)
    {
        if (TextRules.Problem(request.Reason, 1, ReasonCharsMax) is { } problem) return Problems.Of(StatusCodes.Status400BadRequest, "block.invalid", "some fields cannot be accepted", new Dictionary<string, string> { ["reason"] = problem });

        string reason = request.Reason!.Trim();
        return await actions.RunAsync(http, id, new TicketAction(TicketEvent.Blocked, request, reason, change =>
        {
            change.Ticket.BlockReason = reason;
            change.Ticket.BlockedAt = change.Now;
            return new TicketBlocked(id, change.Ticket.Version, reason, change.Now);
        }));
    }
}
