using Faultline.Proxy.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>POST /reset: enables every link, and removes every toxic and HTTP fault.</summary>
internal static class Reset
{
    public static void Map(IEndpointRouteBuilder routes, LinkSet links) => routes.MapPost("/reset", async http =>
    {
        await links.ResetAsync();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    });
}
