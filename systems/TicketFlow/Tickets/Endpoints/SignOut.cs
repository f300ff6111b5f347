using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Desk;

namespace TicketFlow.Tickets.Endpoints;

/// <summary>POST /sign-out: the browser forgets who it was.</summary>
internal static class SignOut
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/sign-out", Handle).WithSummary("Lets a browser forget who is signed in").Produces(StatusCodes.Status204NoContent);

    private static IResult Handle(HttpContext http)
    {
        http.Response.Cookies.Delete(DeskAccess.Cookie, new CookieOptions { Path = "/" });
        return Results.NoContent();
    }
}
