using Faultline.Lab.Control;
using Faultline.Verification.Experiments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>POST and DELETE /api/systems/{system}/samples: makes the sample data of a running system, or removes it and leaves everything else.</summary>
internal static class SampleData
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/systems/{system}/samples", (string system, ControlPlane plane, HttpContext http) => HandleAsync(system, removes: false, plane, http)).WithName("LoadSamples").WithTags("systems")
            .WithSummary("Makes the sample data of a system that runs; what is there already, or was removed, is not made again").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapDelete("/systems/{system}/samples", (string system, ControlPlane plane, HttpContext http) => HandleAsync(system, removes: true, plane, http)).WithName("RemoveSamples").WithTags("systems")
            .WithSummary("Removes the sample data of a system that runs, and leaves everything else").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<SampleOutcome>, ProblemHttpResult>> HandleAsync(string system, bool removes, ControlPlane plane, HttpContext http) =>
        plane.Known.All(spec => spec.Name != system) ? ReadSystems.Unknown(system, plane) : TypedResults.Ok(await plane.SampleAsync(system, removes, http.RequestAborted));
}
