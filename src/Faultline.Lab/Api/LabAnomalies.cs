using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>The anomalies of all services at once, under the same addresses as at each service.</summary>
internal static class LabAnomalies
{
    private const int FiringsUsual = 100;
    private const int FiringsMax = 1_000;

    /// <summary>How many were removed.</summary>
    /// <param name="Removed">How many.</param>
    public sealed record Cleared(int Removed);

    public static void Map(IEndpointRouteBuilder routes, bool named)
    {
        RouteGroupBuilder anomalies = routes.MapGroup("/anomalies");
        anomalies.WithTags("anomalies");
        RouteHandlerBuilder[] all =
        [
            anomalies.MapGet("/", ListAsync).WithSummary("The anomalies of all services"),
            anomalies.MapPost("/", PlaceAsync).WithSummary("Sets an anomaly on the service that the body names").Accepts<AnomalyRequest>("application/json")
                .Produces<Anomaly>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict),
            anomalies.MapDelete("/", ClearAsync).WithSummary("Removes all anomalies of all services").Produces<Cleared>().ProducesProblem(StatusCodes.Status503ServiceUnavailable),
            anomalies.MapDelete("/{id}", RemoveAsync).WithSummary("Removes an anomaly, wherever it is set").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound),
            anomalies.MapGet("/points", PointsAsync).WithSummary("The fault points, message types and kinds of each service").Produces<IReadOnlyList<ServicePointsView>>(),
            anomalies.MapGet("/firings", FiringsAsync).WithSummary("What fired last on all services, oldest first; ?limit= sets how many").ProducesProblem(StatusCodes.Status400BadRequest),
        ];
        if (!named) return;

        string[] names = ["ListAnomalies", "PlaceAnomaly", "ClearAnomalies", "RemoveAnomaly", "ListPoints", "ListFirings"];
        foreach ((RouteHandlerBuilder endpoint, string name) in all.Zip(names)) endpoint.WithName(name);
    }

    private static Task<IReadOnlyList<Anomaly>> ListAsync(ServiceDoor door, HttpContext http) => door.AskAllAsync(http, (client, stop) => client.AnomaliesAsync(stop));

    private static async Task<IResult> PlaceAsync(HttpRequest request, ServiceDoor door, CancellationToken stop)
    {
        (JsonObject? json, string? problem) = RequestBody.Parse(await RequestBody.ReadAsync(request, stop));
        if (json is null) return LabProblems.NotAnObject.With(problem);

        string services = string.Join(", ", door.Services);
        if (json["service"] is not JsonValue value || !value.TryGetValue(out string? service)) return LabProblems.Missing.With("service", $"one of: {services}");
        if (!door.Services.Contains(service)) return LabProblems.UnknownServiceInBody.With(service, services);

        return await door.ForwardAsync(service, HttpMethod.Post, "/anomalies", ServiceControl.WithId(json, door.Plane.Time), stop);
    }

    private static async Task<IResult> ClearAsync(ServiceDoor door, HttpContext http)
    {
        IReadOnlyList<Cleared> cleared = await door.AskAllAsync<Cleared>(http, async (client, stop) =>
        {
            ServiceReply reply = await client.ForwardAsync(HttpMethod.Delete, "/anomalies", null, stop);
            return reply.Status == StatusCodes.Status200OK
                ? [JsonSerializer.Deserialize<Cleared>(reply.Body, JsonSerializerOptions.Web)!]
                : throw new LabException($"{client.Service} answered {reply.Status}.");
        });

        // Who clears must know when something may be left.
        return http.Response.Headers[ServiceDoor.UnansweredHeader].ToString() is { Length: > 0 } away
            ? LabProblems.ServiceAway.With($"{away} did not answer, so its anomalies may still be set; those of all others are removed")
            : TypedResults.Ok(new Cleared(cleared.Sum(one => one.Removed)));
    }

    private static async Task<IResult> RemoveAsync(string id, ServiceDoor door, HttpContext http)
    {
        IReadOnlyList<int> statuses = await door.AskAllAsync<int>(http, async (client, stop) =>
            [(await client.ForwardAsync(HttpMethod.Delete, $"/anomalies/{Uri.EscapeDataString(id)}", null, stop)).Status]);
        if (statuses.Contains(StatusCodes.Status204NoContent)) return TypedResults.NoContent();

        return http.Response.Headers[ServiceDoor.UnansweredHeader].ToString() is { Length: > 0 } away
            ? LabProblems.ServiceAway.With($"{away} did not answer, and no other service has the anomaly '{id}'")
            : LabProblems.NoSuchAnomaly.With(id);
    }

    private static Task<IReadOnlyList<JsonElement>> PointsAsync(ServiceDoor door, HttpContext http) => door.AskAllAsync<JsonElement>(http, async (client, stop) =>
        [JsonSerializer.Deserialize<JsonElement>((await client.ForwardAsync(HttpMethod.Get, "/anomalies/points", null, stop)).Body)]);

    private static async Task<IResult> FiringsAsync(string? limit, ServiceDoor door, HttpContext http)
    {
        if (!Numbers.TryRead(limit, FiringsUsual, 1, FiringsMax, out int count)) return LabProblems.OutOfRange.With("limit", limit, $"a whole number from 1 to {FiringsMax}");

        IReadOnlyList<Firing> all = await door.AskAllAsync(http, (client, stop) => client.FiringsAsync(after: 0, stop));
        return TypedResults.Ok<IReadOnlyList<Firing>>([.. all.OrderBy(firing => firing.At).TakeLast(count)]);
    }
}
