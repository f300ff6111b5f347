using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TicketFlow.Metrics.Live;

namespace TicketFlow.Metrics.Endpoints;

/// <summary>GET /live: the figures of all services now.</summary>
internal static class ReadLive
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("", Handle);

    private static IResult Handle(LiveFeed feed, HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(feed.Current(), "application/json", Encoding.UTF8);
    }
}
