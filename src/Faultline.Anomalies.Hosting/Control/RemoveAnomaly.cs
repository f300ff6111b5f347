using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>Removes an anomaly from all instances; whatever it holds goes on.</summary>
internal static class RemoveAnomaly
{
    // The id is read as a text: one that is no UUID is an anomaly that does not exist, and gets the same helpful answer.
    public static void Map(IEndpointRouteBuilder routes) => routes.MapDelete("/anomalies/{id}", Handle).WithName("RemoveAnomaly").WithSummary("Removes an anomaly from all instances")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<NoContent, ProblemHttpResult>> Handle(string id, ControlPanel panel, CancellationToken stop) =>
        Guid.TryParse(id, out Guid anomaly) && await panel.RemoveAsync(anomaly, stop) ? TypedResults.NoContent() : ControlReplies.Problem(ControlProblems.NoSuchAnomaly.At("id", id));
}
