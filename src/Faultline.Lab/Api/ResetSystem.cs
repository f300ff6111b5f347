using Faultline.Lab.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>POST /api/systems/{system}/reset: wipes its databases, queue and data folders and builds them anew.</summary>
internal static class ResetSystem
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/systems/{system}/reset", Handle).WithName("ResetSystem").WithTags("systems")
        .WithSummary("Wipes the databases, the queue and the data folders of a system and builds them anew").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    // Without the caller's token: a reset that was begun is finished, whoever hangs up.
    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(string system, ControlPlane plane)
    {
        if (plane.Known.All(spec => spec.Name != system)) return ReadSystems.Unknown(system, plane);

        await plane.ResetAsync(system, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
