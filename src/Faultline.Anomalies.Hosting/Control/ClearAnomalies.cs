using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>Removes all anomalies from all instances.</summary>
internal static class ClearAnomalies
{
    /// <summary>The reply.</summary>
    /// <param name="Removed">How many there were.</param>
    public sealed record Reply(int Removed);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapDelete("/anomalies", Handle).WithName("ClearAnomalies").WithSummary("Removes all anomalies from all instances").Produces<Reply>();

    private static async Task<JsonHttpResult<Reply>> Handle(ControlPanel panel, CancellationToken stop) => ControlReplies.Json(new Reply(await panel.ClearAsync(stop)));
}
