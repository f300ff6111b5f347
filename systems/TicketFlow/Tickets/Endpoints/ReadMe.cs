using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>GET /me: who is signed in; <c>null</c> for nobody, which is an answer and no error.</summary>
internal static class ReadMe
{
    public sealed record Reply(Guid Id, string Name, string Email, string Role);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/me", Handle).Answers<Reply>("Who is signed in; null for nobody");

    // A null value would be written as no body at all.
    private static IResult Handle(HttpContext http) => http.FindPerson() is { } person
        ? Results.Ok(new Reply(person.Id, person.Name, person.Email, TicketWords.Of(person.Role)))
        : Results.Text("null", "application/json");
}
