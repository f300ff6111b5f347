using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Faultline.Hosting.Control;

/// <summary>The HTTP control endpoints of a service.</summary>
public static class ControlExtensions
{
    /// <summary>
    /// Maps the endpoints for anomalies, their firings, and guards, when a control token is configured; maps nothing otherwise. They need
    /// <see cref="ControlOptions"/>, <see cref="Anomalies.ControlPanel"/>, <see cref="Protocol.Services.ServiceDescription"/> and <see cref="TimeProvider"/> among the services.
    /// </summary>
    /// <param name="routes">Where to map them.</param>
    /// <exception cref="InvalidOperationException">The options are wrong.</exception>
    public static void MapFaultlineControl(this IEndpointRouteBuilder routes)
    {
        ControlOptions options = routes.ServiceProvider.GetService<ControlOptions>() ?? new ControlOptions();
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new InvalidOperationException(string.Join("; ", problems));
        if (!options.IsOn) return;

        RouteGroupBuilder control = routes.MapGroup(string.Empty);
        control.AddEndpointFilter(new ControlGate(options));
        control.ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        control.WithTags("control");

        ListAnomalies.Map(control);
        PlaceAnomaly.Map(control);
        RemoveAnomaly.Map(control);
        ClearAnomalies.Map(control);
        ListPoints.Map(control);
        ListFirings.Map(control);
        ListGuards.Map(control);
        SwitchGuard.Map(control);
        ReadLedger.Map(control);
        ReadState.Map(control);
        Describe.Map(control);
        ReadFacts.Map(control);
        DeadLetters.Map(control);
        RebuildProjection.Map(control);
    }
}
