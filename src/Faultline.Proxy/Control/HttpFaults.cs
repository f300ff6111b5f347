using System.Text.Json;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET and POST /proxies/{proxy}/http-faults, GET and DELETE of one: the HTTP faults of a link, with their counts.</summary>
internal static class HttpFaults
{
    private const string Route = "/proxies/{proxy}/http-faults";

    public static void Map(IEndpointRouteBuilder routes, LinkSet links)
    {
        routes.MapGet(Route, http => ListAsync(http, links.Find(OneProxy.NameIn(http))));
        routes.MapPost(Route, http => AddAsync(http, links.Find(OneProxy.NameIn(http))));
        routes.MapGet(Route + "/{fault}", http => ReplyAsync(http, links.Find(OneProxy.NameIn(http)).FindHttpFault(NameIn(http))));
        routes.MapDelete(Route + "/{fault}", http =>
        {
            links.Find(OneProxy.NameIn(http)).RemoveHttpFault(NameIn(http));
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
    }

    private static string NameIn(HttpContext http) => (string)http.Request.RouteValues["fault"]!;

    private static Task ListAsync(HttpContext http, Link link) => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json =>
    {
        json.WriteStartArray();
        foreach (HttpFault fault in link.HttpFaults.Faults) LinkWriter.Write(json, fault);
        json.WriteEndArray();
    });

    private static async Task AddAsync(HttpContext http, Link link)
    {
        JsonElement body = await JsonFields.ReadAsync(http);
        await ReplyAsync(http, link.AddHttpFault(HttpFaultReader.Read(body)));
    }

    private static Task ReplyAsync(HttpContext http, HttpFault fault) => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json => LinkWriter.Write(json, fault));
}
