using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>The control endpoints of each service, reached through the lab: requests and answers pass as they are, refusals included.</summary>
internal static class ServiceControl
{
    /// <summary>Whether a guard protects.</summary>
    /// <param name="On">True or false.</param>
    public sealed record GuardSwitch(bool On);

    /// <summary>Which dead letters: some, or all.</summary>
    /// <param name="Ids">Their ids.</param>
    /// <param name="All">All of them.</param>
    public sealed record DeadLetterChoice(IReadOnlyList<long>? Ids, bool? All);

    /// <summary>Another body for a dead letter.</summary>
    /// <param name="Body">The message as JSON text.</param>
    public sealed record DeadLetterEdit(string? Body);

    /// <summary>How many it were.</summary>
    /// <param name="Count">How many.</param>
    public sealed record Counted(int Count);


    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder service = routes.MapGroup("/services/{system}/{service}");
        service.WithTags("services").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        service.MapGet("/anomalies", Pass("/anomalies")).WithName("ListAnomaliesOfService").WithSummary("The anomalies that are set on a service").Produces<IReadOnlyList<Anomaly>>();
        service.MapPost("/anomalies", PlaceAsync).WithName("PlaceAnomalyAtService").WithSummary("Sets an anomaly on all instances of a service")
            .Accepts<AnomalyRequest>("application/json").Produces<Anomaly>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        service.MapDelete("/anomalies", Pass("/anomalies")).WithName("ClearAnomaliesOfService").WithSummary("Removes all anomalies of a service");
        service.MapDelete("/anomalies/{id}", Pass("/anomalies/{id}")).WithName("RemoveAnomalyOfService").WithSummary("Removes an anomaly").Produces(StatusCodes.Status204NoContent);
        service.MapGet("/anomalies/points", Pass("/anomalies/points")).WithName("ListPointsOfService").WithSummary("The fault points, message types and kinds of a service").Produces<ServicePointsView>();
        service.MapGet("/anomalies/firings", Pass("/anomalies/firings")).WithName("ListFiringsOfService").WithSummary("What fired, oldest first; ?after= and ?limit= page").Produces<IReadOnlyList<Firing>>();
        service.MapGet("/firings", Pass("/anomalies/firings")).WithName("ListFiringsOfServiceShort").WithSummary("The same under a shorter address").Produces<IReadOnlyList<Firing>>();
        service.MapGet("/guards", Pass("/guards")).WithName("ListGuardsOfService").WithSummary("The guards of a service").Produces<IReadOnlyList<GuardState>>();
        service.MapPut("/guards/{name}", Pass("/guards/{name}")).WithName("SwitchGuardOfService").WithSummary("Switches a guard on all instances")
            .Accepts<GuardSwitch>("application/json").Produces<GuardState>().ProducesProblem(StatusCodes.Status400BadRequest);
        service.MapGet("/messaging", Pass("/messaging")).WithName("ReadMessaging").WithSummary("How much is under way").Produces<MessagingState>();
        service.MapGet("/deadletters", Pass("/deadletters")).WithName("ListDeadLettersOfService").WithSummary("The dead letters, newest first").Produces<IReadOnlyList<DeadLetterView>>();
        service.MapPost("/deadletters/replay", Pass("/deadletters/replay")).WithName("ReplayDeadLetters").WithSummary("Puts dead letters back into their queue")
            .Accepts<DeadLetterChoice>("application/json").Produces<Counted>().ProducesProblem(StatusCodes.Status400BadRequest);
        service.MapPost("/deadletters/{id:long}/replay", Pass("/deadletters/{id}/replay")).WithName("ReplayEditedDeadLetter").WithSummary("Puts one dead letter back with another body")
            .Accepts<DeadLetterEdit>("application/json").Produces<Counted>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        service.MapPost("/deadletters/discard", Pass("/deadletters/discard")).WithName("DiscardDeadLetters").WithSummary("Discards dead letters")
            .Accepts<DeadLetterChoice>("application/json").Produces<Counted>().ProducesProblem(StatusCodes.Status400BadRequest);
    }

    /// <summary>Draws the id here when there is none: an instance that dies in between may have placed the anomaly, and the next one must not place another.</summary>
    public static byte[] WithId(JsonObject anomaly, TimeProvider time)
    {
        if (anomaly["id"] is null) anomaly["id"] = Guid.CreateVersion7(time.GetUtcNow()).ToString();
        return JsonSerializer.SerializeToUtf8Bytes(anomaly);
    }

    private static async Task<IResult> PlaceAsync(string system, string service, HttpRequest request, ServiceDoor door, CancellationToken stop)
    {
        byte[] body = await RequestBody.ReadAsync(request, stop);
        (JsonObject? json, _) = RequestBody.Parse(body);
        return await door.ForwardAsync($"{system}/{service}", HttpMethod.Post, "/anomalies", json is null ? body : WithId(json, door.Plane.Time), stop);
    }

    private static Delegate Pass(string path) => async (string system, string service, HttpContext http, ServiceDoor door) =>
    {
        HttpRequest request = http.Request;
        byte[]? body = HttpMethods.IsGet(request.Method) || HttpMethods.IsDelete(request.Method) ? null : await RequestBody.ReadAsync(request, http.RequestAborted);
        string last = (request.RouteValues["id"] ?? request.RouteValues["name"])?.ToString() ?? "";
        string target = path.Replace("{id}", Uri.EscapeDataString(last)).Replace("{name}", Uri.EscapeDataString(last)) + request.QueryString;
        return await door.ForwardAsync($"{system}/{service}", new HttpMethod(request.Method), target, body, http.RequestAborted);
    };
}
