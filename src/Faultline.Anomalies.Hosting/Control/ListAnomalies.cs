using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>What is set, in creation order, with its counters over all instances.</summary>
internal static class ListAnomalies
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/anomalies", Handle).WithName("ListAnomalies").WithSummary("The anomalies that are set, with their counters over all instances")
        .Produces<ImmutableArray<Anomaly>>();

    private static async Task<JsonHttpResult<ImmutableArray<Anomaly>>> Handle(ControlPanel panel, CancellationToken stop) => ControlReplies.Json(await panel.ListAsync(stop));
}
