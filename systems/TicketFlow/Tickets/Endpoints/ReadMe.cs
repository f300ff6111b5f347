using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>GET /me: who is signed in.</summary>
internal static class ReadMe
{
    public sealed record Reply(Guid Id, string Name, string Email, string Role);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/me", Handle).Answers<Reply>("Who is signed in", StatusCodes.Status200OK, StatusCodes.Status401Unauthorized).RequireDesk();

    private static Reply Handle(HttpContext http)
    {
        DeskPerson person = http.Person();
        return new Reply(person.Id, person.Name, person.Email, TicketWords.Of(person.Role));
    }
}
