using System.Text.Json;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Hosting.Control;

/// <summary>Sets an anomaly on all instances. The same id with the same content again changes nothing.</summary>
internal static class PlaceAnomaly
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/anomalies", Handle).WithName("PlaceAnomaly").WithSummary("Sets an anomaly on all instances of the service")
        .Accepts<AnomalyRequest>("application/json").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Created<Anomaly>, Ok<Anomaly>, ProblemHttpResult>> Handle(
        HttpRequest request, ControlPanel panel, ServiceDescription service, TimeProvider time, CancellationToken stop)
    {
        (JsonElement json, ControlProblemFound? noJson) = await ControlBody.ReadAsync(request, stop);
        if (noJson is not null) return ControlReplies.Problem(noJson);

        AnomalyReading reading = AnomalyReader.Read(json, service, time.GetUtcNow());
        if (reading.Anomaly is not { } anomaly) return ControlReplies.Problem(reading.Problems);

        Placed placed = await panel.PlaceAsync(anomaly, stop);
        return placed.Result switch
        {
            PlaceResult.Added => TypedResults.Created($"/anomalies/{placed.Anomaly.Id}", placed.Anomaly),
            PlaceResult.Unchanged => TypedResults.Ok(placed.Anomaly),
            _ => ControlReplies.Problem(ControlProblems.IdTaken.At("id", anomaly.Id, placed.Anomaly.Kind, placed.Anomaly.Point)),
        };
    }
}
