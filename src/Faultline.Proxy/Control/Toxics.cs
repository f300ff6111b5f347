using System.Text.Json;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET and POST /proxies/{proxy}/toxics: the toxics of a link; a new one.</summary>
internal static class Toxics
{
    private const string Route = "/proxies/{proxy}/toxics";

    public static void Map(IEndpointRouteBuilder routes, LinkSet links)
    {
        routes.MapGet(Route, http => ListAsync(http, links.Find(OneProxy.NameIn(http))));
        routes.MapPost(Route, http => AddAsync(http, links.Find(OneProxy.NameIn(http))));
    }

    private static Task ListAsync(HttpContext http, Link link) => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json =>
    {
        json.WriteStartArray();
        foreach (Toxic toxic in link.Toxics.Toxics) LinkWriter.Write(json, toxic);
        json.WriteEndArray();
    });

    private static async Task AddAsync(HttpContext http, Link link)
    {
        JsonElement body = await JsonFields.ReadAsync(http);
        Toxic toxic = link.AddToxic(LinkReader.ReadToxic(body));
        await LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json => LinkWriter.Write(json, toxic));
    }
}
