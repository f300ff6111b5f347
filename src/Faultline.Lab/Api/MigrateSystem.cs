using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET and POST /api/systems/{system}/migrations: shows them, or applies those that are missing.</summary>
internal static class MigrateSystem
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/systems/{system}/migrations", (string system, ControlPlane plane, CancellationToken stop) => HandleAsync(system, plane, apply: false, stop))
            .WithName("ListMigrations").WithTags("systems").WithSummary("The migrations of the databases of a system").ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapPost("/systems/{system}/migrations", (string system, ControlPlane plane, CancellationToken stop) => HandleAsync(system, plane, apply: true, stop))
            .WithName("ApplyMigrations").WithTags("systems").WithSummary("Applies the migrations that are missing").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<IReadOnlyList<MigrationView>>, ProblemHttpResult>> HandleAsync(string system, ControlPlane plane, bool apply, CancellationToken stop) =>
        plane.Known.All(spec => spec.Name != system) ? ReadSystems.Unknown(system, plane) : TypedResults.Ok(await plane.MigrateAsync(system, apply, stop));
}
