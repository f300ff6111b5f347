using Faultline.Lab.Control;
using Faultline.Lab.Experiments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>GET and POST /api/runs, GET and DELETE /api/runs/{id}: experiments on the systems of this lab.</summary>
internal static class Runs
{
    /// <summary>The text of a long experiment file, escaped as JSON.</summary>
    private const int BodyBytesMax = 8 << 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs", List).WithName("ListRuns").WithTags("runs").WithSummary("The runs of this lab, newest first; those that ended long ago are left out");
        routes.MapPost("/runs", StartAsync).WithName("StartRun").WithTags("runs").WithSummary("Runs a battery or an experiment on a system of this lab, one run at a time")
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytesMax)).Produces<RunView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/runs/{id}", Read).WithName("ReadRun").WithTags("runs").WithSummary("State, progress, verdict and exit code of a run").Produces<RunView>().ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapDelete("/runs/{id}", Cancel).WithName("CancelRun").WithTags("runs").WithSummary("Gives a run up; its rollbacks still run, and its lines end when they have").Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The run of that id, for an endpoint below it.</summary>
    public static IResult With(string id, ControlPlane plane, Func<LabRun, IResult> reply)
    {
        if (plane.Runs.Find(id) is { } run) return reply(run);

        string known = string.Join(", ", plane.Runs.All.Select(run => run.Id));
        return LabProblems.UnknownRun.With(id, known.Length == 0 ? "none" : known);
    }

    private static Ok<IReadOnlyList<RunView>> List(ControlPlane plane) => TypedResults.Ok<IReadOnlyList<RunView>>([.. plane.Runs.All.Select(run => run.View())]);

    // Without the caller's token: a run that was accepted goes on, whoever hangs up.
    private static async Task<IResult> StartAsync(RunOrder order, ControlPlane plane)
    {
        RunPlanning planning = RunPlan.Of(order, plane.Known, plane.Lab.UsesLinks);
        if (planning.Plan is not { } plan) return LabProblems.WrongRun.With(string.Join(' ', planning.Problems));

        (LabRun? run, RunRefusal? refusal) = await plane.Runs.StartAsync(plan, CancellationToken.None);
        return run is null ? ProblemOf(refusal!.Kind).With(refusal.Text) : TypedResults.Created($"/api/runs/{run.Id}", run.View());
    }

    private static IResult Read(string id, ControlPlane plane) => With(id, plane, run => TypedResults.Ok(run.View()));

    private static IResult Cancel(string id, ControlPlane plane) => With(id, plane, run =>
    {
        run.Cancel();
        return TypedResults.NoContent();
    });

    private static LabProblem ProblemOf(RunRefusalKind kind) => kind switch
    {
        RunRefusalKind.UnderWay => LabProblems.RunUnderWay,
        RunRefusalKind.SetByHand => LabProblems.SetByHand,
        RunRefusalKind.ServiceAway => LabProblems.ServiceAway,
        _ => LabProblems.NotReady,
    };
}
