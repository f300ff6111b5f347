using Faultline.Anomalies.Hosting.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Faultline.Anomalies.Hosting.Http;

/// <summary>What an application with an HTTP server gets in front of its own pipeline, without a call of its own.</summary>
/// <param name="control">Who may ask the endpoints.</param>
/// <param name="exempt">Paths whose requests are not hit.</param>
/// <param name="endpoints">Whether the endpoints are here, and not on a port of their own.</param>
internal sealed class HttpStart(ControlOptions control, IReadOnlyList<string> exempt, bool endpoints) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (endpoints && control.IsOn) app.MapWhen(http => http.Request.Path.StartsWithSegments(AnomalyEndpoints.Path), branch => MapEndpoints(branch, control));
        app.UseMiddleware<FaultReplies>();
        app.UseMiddleware<HttpFaults>((Func<HttpContext, bool>)IsHit);
        next(app);
    };

    /// <summary>The endpoints and nothing else, whatever the application itself does with routes and errors.</summary>
    public static void MapEndpoints(IApplicationBuilder app, ControlOptions control)
    {
        app.UseRouting();
        app.UseEndpoints(routes => AnomalyEndpoints.Map(routes, control));
    }

    private bool IsHit(HttpContext http)
    {
        foreach (string path in exempt)
        {
            if (http.Request.Path.StartsWithSegments(path)) return false;
        }

        return true;
    }
}
