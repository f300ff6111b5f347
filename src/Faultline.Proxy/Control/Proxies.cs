using System.Text.Json;
using Faultline.Proxy.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET and POST /proxies: every link by name; a new link.</summary>
internal static class Proxies
{
    public static void Map(IEndpointRouteBuilder routes, LinkSet links)
    {
        routes.MapGet("/proxies", http => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json => List(json, links)));
        routes.MapPost("/proxies", http => CreateAsync(http, links));
    }

    private static void List(Utf8JsonWriter json, LinkSet links)
    {
        json.WriteStartObject();
        foreach (Link link in links.All)
        {
            json.WritePropertyName(link.Name);
            LinkWriter.Write(json, link);
        }

        json.WriteEndObject();
    }

    private static async Task CreateAsync(HttpContext http, LinkSet links)
    {
        LinkConfig config = LinkReader.ReadLink(await JsonFields.ReadAsync(http));
        await links.AddAsync(config);
        Link link = links.Find(config.Name);
        await LinkWriter.ReplyAsync(http, StatusCodes.Status201Created, json => LinkWriter.Write(json, link));
    }
}
