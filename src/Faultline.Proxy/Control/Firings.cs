using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET /firings: which requests the HTTP faults hit, oldest first.</summary>
internal static class Firings
{
    public static void Map(IEndpointRouteBuilder routes, LinkSet links) =>
        routes.MapGet("/firings", http => LinkWriter.ReplyAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (HttpFiring firing in links.Firings)
            {
                json.WriteStartObject();
                json.WriteString("at", firing.At);
                json.WriteString("proxy", firing.Link);
                json.WriteString("fault", firing.Fault);
                json.WriteString("kind", firing.Kind);
                json.WriteString("when", LinkWriter.NameOf(firing.When));
                json.WriteNumber("match", firing.Match);
                json.WriteString("method", firing.Method);
                json.WriteString("path", firing.Path);
                if (firing.Operation is not null) json.WriteString("operation", firing.Operation);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
}
