using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET /api/status: one look at everything.</summary>
internal static class ReadStatus
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/status", Handle).WithName("ReadStatus").WithTags("lab").WithSummary("What runs, since when, and how it does");

    private static async Task<Ok<LabStatus>> Handle(StatusReader status, CancellationToken stop) => TypedResults.Ok(await status.ReadAsync(stop));
}
