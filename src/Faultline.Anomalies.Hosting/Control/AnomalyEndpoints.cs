using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Faultline.Anomalies.Hosting.Control;

/// <summary>The HTTP endpoints of anomalies: set, list and remove them, what can be set here, what fired.</summary>
public static class AnomalyEndpoints
{
    /// <summary>Where all of them are.</summary>
    public const string Path = "/anomalies";

    /// <summary>
    /// Maps them behind a <see cref="ControlGate"/>. They need <see cref="ControlPanel"/>, <see cref="Protocol.Services.ServiceDescription"/> and <see cref="TimeProvider"/> among the services.
    /// </summary>
    /// <param name="routes">Where to map them.</param>
    /// <param name="options">Who may ask. Without a token nothing is mapped.</param>
    /// <returns>The group, for further endpoints of the same kind; null without a token.</returns>
    /// <exception cref="InvalidOperationException">The options are wrong.</exception>
    public static RouteGroupBuilder? Map(IEndpointRouteBuilder routes, ControlOptions options)
    {
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new InvalidOperationException(string.Join("; ", problems));
        if (!options.IsOn) return null;

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
        return control;
    }
}
