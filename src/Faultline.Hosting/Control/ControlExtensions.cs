using Faultline.Anomalies.Hosting.Control;
using Microsoft.AspNetCore.Builder;
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
        if (AnomalyEndpoints.Map(routes, routes.ServiceProvider.GetService<ControlOptions>() ?? new ControlOptions()) is not { } control) return;

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
