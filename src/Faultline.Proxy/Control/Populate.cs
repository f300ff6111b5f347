using Faultline.Proxy.Links;
using Faultline.Proxy.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>POST /populate: makes sure of several links; unchanged ones keep their connections.</summary>
internal static class Populate
{
    public static void Map(IEndpointRouteBuilder routes, LinkSet links) => routes.MapPost("/populate", http => HandleAsync(http, links));

    private static async Task HandleAsync(HttpContext http, LinkSet links)
    {
        List<Link> done = [];
        ProxyException? problem = null;
        try
        {
            await links.PopulateAsync(LinkReader.ReadLinks(await JsonFields.ReadAsync(http)), done);
        }
        catch (ProxyException error)
        {
            problem = error; // The reply tells what was done, and what stopped it.
        }

        await LinkWriter.ReplyAsync(http, problem?.Status ?? StatusCodes.Status201Created, json =>
        {
            json.WriteStartObject();
            if (problem is not null)
            {
                json.WriteString("error", problem.Message);
                json.WriteNumber("status", problem.Status);
            }

            json.WriteStartArray("proxies");
            foreach (Link link in done) LinkWriter.Write(json, link);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
