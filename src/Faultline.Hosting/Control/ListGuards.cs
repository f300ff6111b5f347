using System.Collections.Immutable;
using Faultline.Anomalies;
using Faultline.Protocol.Guards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Hosting.Control;

/// <summary>The guards of the service and how they stand.</summary>
internal static class ListGuards
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/guards", Handle).WithName("ListGuards").WithSummary("The guards of the service and how they stand");

    private static async Task<Ok<ImmutableArray<GuardState>>> Handle(ControlPanel panel, CancellationToken stop) => TypedResults.Ok(await panel.ListGuardsAsync(stop));
}
