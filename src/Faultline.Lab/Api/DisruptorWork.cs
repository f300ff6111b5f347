using System.Security.Cryptography;
using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Lab.Api;

/// <summary>What the disruptor is to do.</summary>
/// <param name="System">The system; may be left out when only one runs.</param>
/// <param name="Targets">Services, servers and links; left out for all services.</param>
/// <param name="Verbs">kill, stop, pause; left out for all three.</param>
/// <param name="EverySeconds">How often; 5 when left out.</param>
/// <param name="DownSecondsMax">The longest time down; 3 when left out.</param>
/// <param name="AtOnce">How many may be down at once; 2 when left out.</param>
/// <param name="Seed">Decides its choices; drawn and shown when left out.</param>
public sealed record DisruptorRequest(string? System, IReadOnlyList<string>? Targets, IReadOnlyList<string>? Verbs, double? EverySeconds, double? DownSecondsMax, int? AtOnce, ulong? Seed);

/// <summary>GET, POST and DELETE /api/disruptor: the disruptor, set to work by hand.</summary>
internal static class DisruptorWork
{
    private const double EveryMin = 0.05, SecondsMax = 3600;
    private const int AtOnceMax = 10;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/disruptor", (ControlPlane plane) => TypedResults.Ok(plane.Disruptor.View())).WithName("ReadDisruptor").WithTags("disruptions").WithSummary("What the disruptor does");
        routes.MapPost("/disruptor", Start).WithName("StartDisruptor").WithTags("disruptions").WithSummary("Takes something down every so often, and brings it back").Produces<DisruptorView>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        routes.MapDelete("/disruptor", StopAsync).WithName("StopDisruptor").WithTags("disruptions").WithSummary("Stops it, and waits until everything is back that it took down");
    }

    private static IResult Start(DisruptorRequest request, ControlPlane plane)
    {
        double every = request.EverySeconds ?? 5, down = request.DownSecondsMax ?? 3;
        if (every is < EveryMin or > SecondsMax) return LabProblems.OutOfRange.With("everySeconds", every, $"{EveryMin} to {SecondsMax}");
        if (down is <= 0 or > SecondsMax) return LabProblems.OutOfRange.With("downSecondsMax", down, $"above 0 and at most {SecondsMax}");
        if (request.AtOnce is < 1 or > AtOnceMax) return LabProblems.OutOfRange.With("atOnce", request.AtOnce, $"1 to {AtOnceMax}");
        if (request.Verbs?.FirstOrDefault(verb => !DisruptorDraw.UsualVerbs.Contains(verb)) is { } unknown) return LabProblems.OutOfRange.With("verbs", unknown, $"a list of: {string.Join(", ", DisruptorDraw.UsualVerbs)}");

        LabSystem system = plane.Links.SystemOf(request.System);
        string[] services = [.. system.Spec.Services.Select(service => service.Service)];
        string[] known = [.. services, .. Catalogue.EmbeddedInfrastructure, .. LinkDescription.Of(system.Spec.Services).Select(link => link.Name)];
        string[] targets = [.. (request.Targets is { Count: > 0 } given ? given : services).Select(target => known.Contains(target) ? target : $"{system.Spec.Name}/{target}")];
        if (targets.FirstOrDefault(target => !known.Contains(target)) is { } strange) return LabProblems.OutOfRange.With("targets", strange, $"a list of: {string.Join(", ", known)}");

        TimeSpan longest = TimeSpan.FromSeconds(down);
        var plan = new DisruptorFault
        {
            Name = "disruptor",
            Every = TimeSpan.FromSeconds(every),
            DownMin = TimeSpan.FromTicks(Math.Min(longest.Ticks, TimeSpan.FromMilliseconds(200).Ticks)),
            DownMax = longest,
            Targets = targets,
            Verbs = request.Verbs is { Count: > 0 } verbs ? verbs : DisruptorDraw.UsualVerbs,
            AtOnce = request.AtOnce ?? 2,
        };
        plane.Disruptor.Start(plan, system, new Seed(request.Seed ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4))));
        return TypedResults.Ok(plane.Disruptor.View());
    }

    private static async Task<Ok<DisruptorView>> StopAsync(ControlPlane plane) => TypedResults.Ok(await plane.Disruptor.StopAsync());
}
