using Faultline.Lab.Control;
using Faultline.Lab.Links;
using Faultline.Lab.Systems;
using Faultline.Verification.Schedules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>A system to be cut in two.</summary>
/// <param name="Group">One side: services, instances, <c>client</c>, <c>database</c> or <c>broker</c>.</param>
/// <param name="From">The other side; left out for everything else.</param>
/// <param name="Way">both, out (what the group sends does not arrive) or in.</param>
/// <param name="Name">Its name; <c>by-hand</c> when left out.</param>
/// <param name="System">The system; may be left out when only one runs.</param>
public sealed record PartitionRequest(IReadOnlyList<string>? Group, IReadOnlyList<string>? From, string? Way, string? Name, string? System);

/// <summary>A partition.</summary>
/// <param name="System">The system.</param>
/// <param name="Name">Its name.</param>
/// <param name="Links">The links that it cuts.</param>
public sealed record PartitionView(string System, string Name, IReadOnlyList<string> Links);

/// <summary>GET, POST and DELETE /api/partitions: systems cut in two, and joined again.</summary>
internal static class PartitionCuts
{
    private const string UsualName = "by-hand";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/partitions", List).WithName("ListPartitions").WithTags("links").WithSummary("The partitions, with the links that each cuts");
        routes.MapPost("/partitions", Cut).WithName("CutPartition").WithTags("links").WithSummary("Cuts every link between two groups of a system, one way or both").Produces<PartitionView>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapDelete("/partitions", HealAsync).WithName("HealPartitions").WithTags("links").WithSummary("Joins the groups of a partition again (?name=), or of all; other faults on the links stay");
    }

    private static Ok<IReadOnlyList<PartitionView>> List(ControlPlane plane) => TypedResults.Ok(All(plane));

    private static IResult Cut(PartitionRequest request, ControlPlane plane)
    {
        if (request.Group is not { Count: > 0 }) return LabProblems.Missing.With("group", "a list of services, instances, client, database or broker");
        if (request.Way is { } way && !PartitionWays.All.Contains(way)) return LabProblems.OutOfRange.With("way", way, $"one of: {string.Join(", ", PartitionWays.All)}");

        string? prefix = request.Group.Select(end => end.IndexOf('/') is var slash and > 0 ? end[..slash] : null).FirstOrDefault(name => name is not null);
        LabSystem system = plane.Links.SystemOf(request.System ?? prefix);
        string name = request.Name ?? UsualName;
        IReadOnlyList<SystemLink> cut = new Partitions(LinkDesk.LinksOf(system)).Cut(name, Ends(request.Group), Ends(request.From ?? []), request.Way ?? PartitionWays.Both);
        return TypedResults.Ok(new PartitionView(system.Spec.Name, name, [.. cut.Select(link => link.Name)]));
    }

    private static async Task<Ok<IReadOnlyList<PartitionView>>> HealAsync(string? name, ControlPlane plane)
    {
        PartitionView[] healed = [.. All(plane).Where(partition => name is null || partition.Name == name)];
        foreach (PartitionView partition in healed) await new Partitions(LinkDesk.LinksOf(plane.Links.SystemOf(partition.System))).HealAsync(partition.Name);
        return TypedResults.Ok<IReadOnlyList<PartitionView>>(healed);
    }

    private static IReadOnlyList<PartitionView> All(ControlPlane plane) =>
        [.. plane.Running.Where(system => system.Links is not null).SelectMany(system => new Partitions(system.Links!).Active().Select(partition => new PartitionView(system.Spec.Name, partition.Key, partition.Value)))];

    private static string[] Ends(IReadOnlyList<string> ends) => [.. ends.Select(end => end[(end.IndexOf('/') + 1)..])];
}
