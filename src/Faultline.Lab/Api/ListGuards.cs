using Faultline.Protocol.Guards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/guards: the guards of all services.</summary>
internal static class ListGuards
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/guards", HandleAsync).WithName("ListGuards").WithTags("guards").WithSummary("The guards of all services, and how they stand");

    private static Task<IReadOnlyList<GuardState>> HandleAsync(ServiceDoor door, HttpContext http) => door.AskAllAsync(http, (client, stop) => client.GuardsAsync(stop));
}
