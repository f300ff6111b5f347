using Faultline.Proxy.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET, PATCH, POST and DELETE /proxies/{proxy}: one link.</summary>
internal static class OneProxy
{
    private const string Route = "/proxies/{proxy}";

    public static void Map(IEndpointRouteBuilder routes, LinkSet links)
    {
        routes.MapGet(Route, http => ReplyAsync(http, links.Find(NameIn(http))));
        routes.MapMethods(Route, [HttpMethods.Post, HttpMethods.Patch], http => ChangeAsync(http, links));
        routes.MapDelete(Route, http => RemoveAsync(http, links));
    }

    public static string NameIn(HttpContext http) => (string)http.Request.RouteValues["proxy"]!;

    private static async Task ChangeAsync(HttpContext http, LinkSet links)
    {
        Link link = links.Find(NameIn(http));
        var fields = new JsonFields(await JsonFields.ReadAsync(http));
        await links.ChangeAsync(link.Name, fields.Text("listen"), fields.Text("upstream"), fields.Flag("enabled"));
        await ReplyAsync(http, link);
    }

    private static async Task RemoveAsync(HttpContext http, LinkSet links)
    {
        await links.RemoveAsync(NameIn(http));
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task ReplyAsync(HttpContext http, Link link) => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json => LinkWriter.Write(json, link));
}
