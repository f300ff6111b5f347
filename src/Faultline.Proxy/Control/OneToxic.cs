using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET, PATCH, POST and DELETE /proxies/{proxy}/toxics/{toxic}: one toxic.</summary>
internal static class OneToxic
{
    private const string Route = "/proxies/{proxy}/toxics/{toxic}";

    public static void Map(IEndpointRouteBuilder routes, LinkSet links)
    {
        routes.MapGet(Route, http => ReplyAsync(http, links.Find(OneProxy.NameIn(http)).FindToxic(NameIn(http))));
        routes.MapMethods(Route, [HttpMethods.Post, HttpMethods.Patch], http => ChangeAsync(http, links.Find(OneProxy.NameIn(http))));
        routes.MapDelete(Route, http =>
        {
            links.Find(OneProxy.NameIn(http)).RemoveToxic(NameIn(http));
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
    }

    private static string NameIn(HttpContext http) => (string)http.Request.RouteValues["toxic"]!;

    private static async Task ChangeAsync(HttpContext http, Link link)
    {
        string name = link.FindToxic(NameIn(http)).Name;
        var fields = new JsonFields(await JsonFields.ReadAsync(http));
        await ReplyAsync(http, link.ChangeToxic(name, fields.Number("toxicity"), fields.Numbers("attributes"), fields.Time("expires_at")));
    }

    private static Task ReplyAsync(HttpContext http, Toxic toxic) => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json => LinkWriter.Write(json, toxic));
}
