using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>Sets an anomaly on all instances. The same id with the same content again changes nothing.</summary>
internal static class PlaceAnomaly
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/anomalies", Handle).WithName("PlaceAnomaly").WithSummary("Sets an anomaly on all instances of the service")
        .Accepts<AnomalyRequest>("application/json").Produces<Anomaly>(StatusCodes.Status201Created).Produces<Anomaly>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<JsonHttpResult<Anomaly>, ProblemHttpResult>> Handle(
        HttpContext http, ControlPanel panel, ServiceDescription service, TimeProvider time, CancellationToken stop)
    {
        (JsonElement json, ControlProblemFound? noJson) = await ControlBody.ReadAsync(http.Request, stop);
        if (noJson is not null) return ControlReplies.Problem(noJson);

        AnomalyReading reading = AnomalyReader.Read(json, service, time.GetUtcNow());
        if (reading.Anomaly is not { } anomaly) return ControlReplies.Problem(reading.Problems);

        Placed placed = await panel.PlaceAsync(anomaly, stop);
        if (placed.Result == PlaceResult.Added) http.Response.Headers.Location = $"/anomalies/{placed.Anomaly.Id}";
        return placed.Result switch
        {
            PlaceResult.Added => ControlReplies.Json(placed.Anomaly, StatusCodes.Status201Created),
            PlaceResult.Unchanged => ControlReplies.Json(placed.Anomaly),
            _ => ControlReplies.Problem(ControlProblems.IdTaken.At("id", anomaly.Id, placed.Anomaly.Kind, placed.Anomaly.Point)),
        };
    }
}
