using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Proxy.Control;

/// <summary>GET /version: the version of Toxiproxy whose API is spoken here, for clients that look at it, and our own.</summary>
internal static class Version
{
    private const string Spoken = "2.12.0";

    private static readonly string Own = typeof(Version).Assembly.GetName().Version!.ToString(3);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/version", http =>
    {
        http.Response.ContentType = "application/json;charset=utf-8";
        return http.Response.WriteAsync($"{{\"version\": \"{Spoken}\", \"faultline\": \"{Own}\"}}\n", http.RequestAborted);
    });
}
