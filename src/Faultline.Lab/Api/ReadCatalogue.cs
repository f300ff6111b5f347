using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Verification.Checkers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>Everything that an experiment or a person may name.</summary>
/// <param name="Systems">The systems with their batteries, workloads and own rules.</param>
/// <param name="Invariants">The general rules.</param>
/// <param name="Guards">The guards of all services.</param>
/// <param name="Points">The fault points, with the kinds that make sense there.</param>
/// <param name="Kinds">The kinds.</param>
public sealed record CatalogueView(
    IReadOnlyList<SystemView> Systems, IReadOnlyList<CheckerDescription> Invariants, IReadOnlyList<GuardDescription> Guards, IReadOnlyList<FaultPointView> Points, IReadOnlyList<string> Kinds)
{
    /// <summary>Everything that a build brings.</summary>
    /// <param name="systems">Its systems.</param>
    public static CatalogueView Of(IReadOnlyList<LabSystemSpec> systems) => new(
        [.. systems.Select(SystemView.Of)],
        [.. CheckerRegistry.General.Select(checker => checker.Description)],
        [.. systems.SelectMany(system => system.Services).SelectMany(service => service.Guards).DistinctBy(guard => guard.Name)],
        [.. FaultPoints.All.Select(FaultPointView.Of)],
        FaultKinds.All);
}

/// <summary>A fault point.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Says">What has happened so far when it is reached.</param>
/// <param name="Kinds">The kinds that make sense here.</param>
public sealed record FaultPointView(string Name, string Says, IReadOnlyList<KindAtPoint> Kinds)
{
    internal static FaultPointView Of(FaultPoint point) =>
        new(point.Name, point.Says, [.. FaultTable.All.Where(cell => cell.Point == point && cell.Effect != FaultEffect.Refused).Select(cell => new KindAtPoint(cell.Kind, cell.Effect, cell.Guards))]);
}

/// <summary>A kind at a point.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Effect">What it may cause.</param>
/// <param name="Guards">The guards that make it survivable.</param>
public sealed record KindAtPoint(string Kind, FaultEffect Effect, IReadOnlyList<string> Guards);

/// <summary>GET /api/catalogue.</summary>
internal static class ReadCatalogue
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/catalogue", Handle).WithName("ReadCatalogue").WithTags("lab").WithSummary("Systems, batteries, experiments, invariants, guards, and fault points with the kinds that make sense there");

    private static Ok<CatalogueView> Handle(ControlPlane plane) => TypedResults.Ok(CatalogueView.Of(plane.Known));
}
