using System.Collections.Immutable;
using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>What can be set here: the points, message types and kinds that this service really has, and nothing that would be refused.</summary>
internal static class ListPoints
{
    /// <summary>The reply.</summary>
    /// <param name="Service">The service.</param>
    /// <param name="Points">Its fault points.</param>
    /// <param name="Kinds">The kinds with their parameters.</param>
    public sealed record Reply(string Service, ImmutableArray<PointView> Points, ImmutableArray<KindDescription> Kinds);

    /// <summary>A fault point.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Says">What has happened so far when it is reached.</param>
    /// <param name="MessageTypes">The types of messages that pass it, or the kinds of statements; none where HTTP requests or commits do.</param>
    /// <param name="Kinds">The kinds that make sense here.</param>
    public sealed record PointView(string Name, string Says, ImmutableArray<string> MessageTypes, ImmutableArray<KindHere> Kinds);

    /// <summary>A kind at a point.</summary>
    /// <param name="Name">The kind.</param>
    /// <param name="Effect">What it may cause: <c>survivable</c>, <c>loses</c>, <c>deadLetters</c>, or <c>open</c> at a point of the application's own.</param>
    /// <param name="Guards">The guards that make it survivable.</param>
    public sealed record KindHere(string Name, string Effect, IReadOnlyList<string> Guards);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/anomalies/points", Handle).WithName("ListPoints").WithSummary("The fault points, message types and kinds of this service").Produces<Reply>();

    private static JsonHttpResult<Reply> Handle(ServiceDescription service) => ControlReplies.Json(new Reply(
        service.Service,
        [.. FaultPoints.All.Concat(service.OwnPoints).Where(point => service.Points.Contains(point.Name)).Select(point => View(point, service))],
        [.. FaultKindTable.Descriptions.Where(kind => service.Kinds.Contains(kind.Name))]));

    private static PointView View(FaultPoint point, ServiceDescription service) => new(
        point.Name, point.Says, AnomalyReader.MessageTypesAt(point, service),
        [
            .. service.Kinds.Select(kind => FaultTable.Of(kind, point)).Where(cell => cell.Effect != FaultEffect.Refused)
                .Select(cell => new KindHere(cell.Kind, JsonNamingPolicy.CamelCase.ConvertName(cell.Effect.ToString()), cell.Guards)),
        ]);
}
