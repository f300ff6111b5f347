using Faultline.Lab.Control;
using Faultline.Lab.Disruptor;
using Faultline.Lab.Instances;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>What is to be done to a process.</summary>
/// <param name="Verb">kill, pause, resume, stop or restart.</param>
/// <param name="Target">An instance (<c>ticketflow/tickets-1</c>), a service (<c>ticketflow/tickets</c>) or a cluster (<c>postgres/queue</c>).</param>
/// <param name="StayDown">For kill and stop: whether it stays down until it is restarted. Left out: a killed one comes back at once, a stopped one stays down.</param>
public sealed record DisruptionRequest(string? Verb, string? Target, bool? StayDown);

/// <summary>What was done.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Instances">The processes that the target named, as they are now.</param>
public sealed record DisruptionDone(string Verb, IReadOnlyList<InstanceStatus> Instances);

/// <summary>What is down on purpose.</summary>
/// <param name="Active">What this lab has taken down and not brought back.</param>
/// <param name="HealedAtStart">What an earlier lab in this folder had taken down, and which is back since the start of this one.</param>
public sealed record DisruptionList(IReadOnlyList<DisruptionRecord> Active, IReadOnlyList<HealedTarget> HealedAtStart);

/// <summary>GET, POST and DELETE /api/disruptions: processes that are killed, paused or stopped on purpose.</summary>
internal static class Disruptions
{
    private static readonly string[] Verbs = ["kill", "pause", "resume", "stop", "restart"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/disruptions", List).WithName("ListDisruptions").WithTags("disruptions").WithSummary("What is down on purpose");
        routes.MapPost("/disruptions", DisruptAsync).WithName("Disrupt").WithTags("disruptions").WithSummary("Kills, pauses, resumes, stops or restarts an instance, a service or a cluster")
            .Produces<DisruptionDone>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapDelete("/disruptions", HealAsync).WithName("HealDisruptions").WithTags("disruptions").WithSummary("Brings everything back, and waits until it is healthy")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static Ok<DisruptionList> List(ControlPlane plane) => TypedResults.Ok(new DisruptionList(plane.Lab.Disruptor.Active, plane.Lab.Disruptor.HealedAtStart));

    private static async Task<IResult> DisruptAsync(DisruptionRequest request, ControlPlane plane, CancellationToken stop)
    {
        if (!Verbs.Contains(request.Verb)) return LabProblems.OutOfRange.With("verb", request.Verb, $"one of: {string.Join(", ", Verbs)}");
        if (request.StayDown is not null && request.Verb is not ("kill" or "stop")) return LabProblems.OutOfRange.With("stayDown", request.StayDown, $"left out for '{request.Verb}'; only kill and stop know it");
        if (string.IsNullOrEmpty(request.Target) || Logs.Find(plane, request.Target).Count == 0) return Logs.Unknown(plane, request.Target ?? "");

        LabDisruptor disruptor = plane.Lab.Disruptor;
        await (request.Verb switch
        {
            "kill" => disruptor.KillAsync(request.Target, request.StayDown ?? false, stop),
            "stop" => disruptor.StopAsync(request.Target, request.StayDown ?? true, stop),
            "pause" => disruptor.PauseAsync(request.Target),
            "resume" => disruptor.ResumeAsync(request.Target),
            _ => disruptor.RestartAsync(request.Target, stop),
        });
        return TypedResults.Ok(new DisruptionDone(request.Verb!, [.. Logs.Find(plane, request.Target).Select(process => InstanceStatus.Of(process.Status()))]));
    }

    private static async Task<Ok<IReadOnlyList<HealedTarget>>> HealAsync(ControlPlane plane, CancellationToken stop) => TypedResults.Ok(await plane.Lab.Disruptor.HealAllAsync(stop));
}
