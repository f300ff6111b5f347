using System.Text.Json;
using Faultline.Lab.Control;
using Faultline.Lab.Links;
using Faultline.Lab.Schedules;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Proxy.Problems;
using Faultline.Verification.Schedules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>A toxic to be set.</summary>
/// <param name="Link">A link, as <c>ticketflow/tickets-broker</c>.</param>
/// <param name="Type">latency, bandwidth, slow_close, timeout, reset_peer, slicer, limit_data, packet_loss, corrupt or blackhole_upstream_connect.</param>
/// <param name="Name">Its name; the type and the stream when left out.</param>
/// <param name="Instance">Only the links of this instance.</param>
/// <param name="Stream">upstream or downstream (the usual).</param>
/// <param name="Toxicity">The share of connections, 0 to 1.</param>
/// <param name="Attributes">The attributes of its type.</param>
/// <param name="Seconds">It goes away by itself after so long.</param>
/// <param name="Seed">Decides its random choices.</param>
public sealed record ToxicRequest(string? Link, string? Type, string? Name, string? Instance, string? Stream, double? Toxicity, IReadOnlyDictionary<string, double>? Attributes, double? Seconds, ulong? Seed);

/// <summary>An HTTP fault to be set.</summary>
/// <param name="Link">An HTTP link, as <c>ticketflow/client-inquiries</c>.</param>
/// <param name="Kind">One or more of latency, abort, status, truncate, garbage, slow_body, duplicate and blackhole.</param>
/// <param name="Name">Its name; the kinds and the phase when left out.</param>
/// <param name="Instance">Only the links of this instance.</param>
/// <param name="When">before or after the work.</param>
/// <param name="Match">Which requests.</param>
/// <param name="Trigger">When it fires among them.</param>
/// <param name="Attributes">Details of the kinds.</param>
/// <param name="Seconds">It goes away by itself after so long.</param>
/// <param name="Seed">Decides its random choices.</param>
public sealed record HttpFaultRequest(
    string? Link, IReadOnlyList<string>? Kind, string? Name, string? Instance, string? When, MatchSpec? Match, TriggerSpec? Trigger, IReadOnlyDictionary<string, JsonElement>? Attributes, double? Seconds, ulong? Seed);

/// <summary>GET /api/links, and faults on links by hand: POST /api/links/toxics and /api/links/http-faults, DELETE /api/links/faults, of one name or all.</summary>
internal static class LinkFaults
{
    private const double SecondsMax = 86_400;

    /// <summary>How many were removed.</summary>
    /// <param name="Removed">How many.</param>
    public sealed record Cleared(int Removed);

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder links = routes.MapGroup("/links");
        links.WithTags("links");
        links.MapGet("/", (ControlPlane plane) => TypedResults.Ok(plane.Links.All)).WithName("ListLinks").WithSummary("The links of the systems that run: what passes, and the faults on them");
        links.MapPost("/toxics", AddToxic).WithName("AddToxic").WithSummary("Sets a toxic on a link, for all instances of it").Produces<IReadOnlyList<LinkFaultView>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        links.MapPost("/http-faults", AddHttpFault).WithName("AddHttpFault").WithSummary("Sets an HTTP fault on a link that carries HTTP").Produces<IReadOnlyList<LinkFaultView>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        links.MapDelete("/faults", async (ControlPlane plane) => TypedResults.Ok(new Cleared(await plane.Links.RemoveAsync(name: null)))).WithName("ClearLinkFaults").WithSummary("Removes every fault from every link, partitions too");
        links.MapDelete("/faults/{name}", RemoveAsync).WithName("RemoveLinkFault").WithSummary("Removes the faults of a name from every link, or from one (?link=)").Produces<Cleared>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult AddToxic(ToxicRequest request, ControlPlane plane)
    {
        if (string.IsNullOrEmpty(request.Link)) return LabProblems.Missing.With("link", $"one of: {Names(plane)}");
        if (!ToxicForms.Types.Contains(request.Type ?? "")) return LabProblems.OutOfRange.With("type", request.Type, $"one of: {string.Join(", ", ToxicForms.Types)}");
        if (request.Stream is not (null or "upstream" or "downstream")) return LabProblems.OutOfRange.With("stream", request.Stream, "upstream or downstream");
        if (request.Seconds is <= 0 or > SecondsMax) return LabProblems.OutOfRange.With("seconds", request.Seconds, $"above 0 and at most {SecondsMax}");

        var toxic = new ToxicFault
        {
            Name = request.Name ?? $"{request.Type}_{request.Stream ?? "downstream"}",
            Link = request.Link,
            Type = request.Type!,
            Stream = request.Stream ?? "downstream",
            Toxicity = request.Toxicity ?? 1,
            Attributes = request.Attributes ?? new Dictionary<string, double>(),
        };
        return Add(plane, request.Link, request.Instance, (links, link) => links.Add(link, ScheduledToxic.ConfigOf(toxic, request.Seed ?? 0) with { Seed = request.Seed, ExpiresAt = EndOf(request.Seconds, plane) }).Name!);
    }

    private static IResult AddHttpFault(HttpFaultRequest request, ControlPlane plane)
    {
        if (string.IsNullOrEmpty(request.Link)) return LabProblems.Missing.With("link", $"one of: {Names(plane)}");
        if (request.Kind is not { Count: > 0 }) return LabProblems.Missing.With("kind", $"a list of: {string.Join(", ", ToxicForms.HttpKinds)}");
        if (request.Seconds is <= 0 or > SecondsMax) return LabProblems.OutOfRange.With("seconds", request.Seconds, $"above 0 and at most {SecondsMax}");

        string when = request.When ?? "before";
        var fault = new HttpLinkFault
        {
            Name = request.Name ?? $"{string.Join("_or_", request.Kind)}_{when}",
            Link = request.Link,
            Kinds = request.Kind,
            When = when,
            Match = request.Match,
            Trigger = request.Trigger,
            Attributes = request.Attributes ?? new Dictionary<string, JsonElement>(),
        };
        try
        {
            return Add(plane, request.Link, request.Instance, (links, link) => links.Add(link, ScheduledHttpFault.ConfigOf(fault, request.Seed ?? 0) with { Seed = request.Seed, ExpiresAt = EndOf(request.Seconds, plane) }).Name!);
        }
        catch (ProxyException problem)
        {
            return LabProblems.Unreadable.With(problem.Message);
        }
    }

    private static IResult Add(ControlPlane plane, string name, string? instance, Func<SystemLinks, SystemLink, string> add)
    {
        (LabSystem system, IReadOnlyList<SystemLink> links) = plane.Links.Find(name, instance);
        HashSet<(string Link, string Name)> added = [];
        foreach (SystemLink link in links) added.Add(($"{system.Spec.Name}/{link.Name}", add(LinkDesk.LinksOf(system), link)));
        return TypedResults.Ok<IReadOnlyList<LinkFaultView>>([.. plane.Links.Faults.Where(fault => added.Contains((fault.Link, fault.Name)))]);
    }

    private static async Task<IResult> RemoveAsync(string name, string? link, ControlPlane plane)
    {
        IReadOnlyList<LinkFaultView> there = plane.Links.Faults;
        int removed = await plane.Links.RemoveAsync(name, link);
        return removed > 0 ? TypedResults.Ok(new Cleared(removed)) : LabProblems.NoSuchLinkFault.With(name, there.Count == 0 ? "none" : string.Join(", ", there.Select(fault => fault.Name).Distinct()));
    }

    private static DateTimeOffset? EndOf(double? seconds, ControlPlane plane) => seconds is { } time ? plane.Time.GetUtcNow() + TimeSpan.FromSeconds(time) : null;

    private static string Names(ControlPlane plane) => string.Join(", ", plane.Links.All.Select(link => $"{link.Link[..link.Link.IndexOf('/')]}/{link.Name}").Distinct());
}
