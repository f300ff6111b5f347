using System.Net;
using Faultline.Proxy.Links;
using Faultline.Proxy.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Faultline.Proxy.Control;

/// <summary>The control API: Toxiproxy's, and beside it what is ours: HTTP faults, live counts, firings.</summary>
internal static class ControlApi
{
    private const int BodyBytesMax = 1 << 20;

    public static WebApplication Build(LinkSet links, ProxyOptions options)
    {
        WebApplicationBuilder web = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        web.Logging.ClearProviders();
        web.WebHost.UseUrls().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            if (options.TryReadListen(out IPEndPoint? address)) kestrel.Listen(address);
        });
        web.Services.AddSingleton<IHostLifetime, NoLifetime>(); // Signals are the command line's business.

        WebApplication app = web.Build();
        app.Use(next => http => ControlFailures.InvokeAsync(http, next));
        app.Use(next => http => new ControlGate(options).InvokeAsync(http, next));
        app.UseRouting();
        app.Use(next => http => ControlFailures.PlainNotFoundAsync(http, next));
        Map(app, links);
        return app;
    }

    private static void Map(WebApplication app, LinkSet links)
    {
        Reset.Map(app, links);
        Proxies.Map(app, links);
        Populate.Map(app, links);
        OneProxy.Map(app, links);
        Toxics.Map(app, links);
        OneToxic.Map(app, links);
        HttpFaults.Map(app, links);
        LinkReports.Map(app, links);
        Firings.Map(app, links);
        Version.Map(app);
        app.MapGet("/metrics", http =>
        {
            http.Response.ContentType = PrometheusText.ContentType;
            return http.Response.WriteAsync(PrometheusText.Write(links.Report()), http.RequestAborted);
        });
    }

    /// <summary>Leaves Ctrl+C and SIGTERM alone.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
