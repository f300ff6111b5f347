using Faultline.Lab.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/map: everything that runs, as a graph. GET /api/faults: what acts on it.</summary>
internal static class ReadMap
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/map", MapAsync).WithName("ReadMap").WithTags("map").WithSummary("Services, queues, databases and what flows between them, with the faults that act there");
        routes.MapGet("/faults", FaultsAsync).WithName("ListFaults").WithTags("map").WithSummary("All faults that act now: at fault points, on links and on processes, whoever set them");
    }

    private static async Task<Ok<MapView>> MapAsync(LiveMap map, CancellationToken stop) => TypedResults.Ok(await map.LookAsync(stop));

    private static async Task<Ok<IReadOnlyList<ActiveFault>>> FaultsAsync(LiveMap map, CancellationToken stop) => TypedResults.Ok((await map.LookAsync(stop)).Faults);
}
