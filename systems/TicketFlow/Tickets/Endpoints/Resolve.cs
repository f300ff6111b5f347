using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;
using TicketFlow.Text;
using TicketFlow.Tickets.Contracts;
using TicketFlow.Tickets.Data;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /tickets/{id}/resolution: the answer; final. The customer gets it as a message.</summary>
internal static class Resolve
{
    public sealed record Request(string? Text = null);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/tickets/{id:guid}/resolution", HandleAsync).Answers<TicketActions.Reply>("Answers a ticket; final", StatusCodes.Status200OK, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).RequireDesk();

    private static async Task<IResult> HandleAsync(Guid id, Request request, TicketActions actions, HttpContext http)
    {
        if (TextRules.Problem(request.Text, 1, TextRules.CharsMax) is { } problem) return Problems.Of(StatusCodes.Status400BadRequest, "resolution.invalid", "some fields cannot be accepted", new Dictionary<string, string> { ["text"] = problem });

        string text = request.Text!.Trim();
        return await actions.RunAsync(http, id, new TicketAction(TicketEvent.Resolved, request, null, change =>
        {
            Ticket ticket = change.Ticket;
            ticket.ResolvedAt = change.Now;
            // The answer has the ticket's id: there is only one.
            change.Db.Add(new Talk { Id = id, TicketId = id, Kind = "resolution", Author = change.By.Name, Text = text, Language = "en", At = change.Now });
            return new TicketResolved(id, ticket.Version, ticket.Title, text, ticket.Language, new Contact(ticket.Customer, ticket.Email), change.By.Name, change.Now);
        }));
    }
}
