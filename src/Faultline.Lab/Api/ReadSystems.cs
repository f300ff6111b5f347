using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Route = Faultline.Protocol.Ledger.Route;

namespace Faultline.Lab.Api;

/// <summary>A system as it is made; what it does at the moment is in the status.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Services">What each service publishes, consumes and has.</param>
/// <param name="Routes">Where each published type goes.</param>
/// <param name="Workloads">What a client can do with it.</param>
/// <param name="Checkers">Its own rules.</param>
/// <param name="Batteries">Its named lists of experiments.</param>
public sealed record SystemView(
    string Name, IReadOnlyList<ServiceDescription> Services, IReadOnlyList<Route> Routes, IReadOnlyList<WorkloadDescription> Workloads, IReadOnlyList<CheckerDescription> Checkers,
    IReadOnlyList<BatteryView> Batteries)
{
    /// <summary>As a person sees it.</summary>
    /// <param name="spec">As a lab starts it.</param>
    public static SystemView Of(LabSystemSpec spec)
    {
        SystemDescription described = spec.Description;
        return new SystemView(spec.Name, spec.Services, spec.Routes, described.Workloads, described.Checkers, [.. spec.Checks.Batteries.Select(battery => BatteryView.Of(battery, described))]);
    }
}

/// <summary>A battery.</summary>
/// <param name="Name">As <c>system/battery</c>.</param>
/// <param name="Says">What it shows.</param>
/// <param name="Experiments">Its experiments.</param>
public sealed record BatteryView(string Name, string Says, IReadOnlyList<ExperimentView> Experiments)
{
    internal static BatteryView Of(BatteryDescription battery, SystemDescription system) =>
        new(battery.Name, battery.Says, [.. battery.Make(system).Cells.Select(cell => new ExperimentView(cell.Name, cell.Title))]);
}

/// <summary>An experiment of a battery.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
public sealed record ExperimentView(string Name, string Title);

/// <summary>GET /api/systems and GET /api/systems/{system}.</summary>
internal static class ReadSystems
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/systems", List).WithName("ListSystems").WithTags("systems").WithSummary("The systems that this lab can run");
        routes.MapGet("/systems/{system}", Read).WithName("ReadSystem").WithTags("systems").WithSummary("One system: services, routes, workloads, rules, batteries").ProducesProblem(StatusCodes.Status404NotFound);
    }

    public static ProblemHttpResult Unknown(string system, ControlPlane plane) => LabProblems.UnknownSystem.With(system, string.Join(", ", plane.Known.Select(spec => spec.Name)));

    private static Ok<IReadOnlyList<SystemView>> List(ControlPlane plane) => TypedResults.Ok<IReadOnlyList<SystemView>>([.. plane.Known.Select(SystemView.Of)]);

    private static Results<Ok<SystemView>, ProblemHttpResult> Read(string system, ControlPlane plane) =>
        plane.Known.FirstOrDefault(spec => spec.Name == system) is { } spec ? TypedResults.Ok(SystemView.Of(spec)) : Unknown(system, plane);
}
