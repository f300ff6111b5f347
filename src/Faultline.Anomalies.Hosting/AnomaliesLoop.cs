using Faultline.Anomalies.Hosting.Control;
using Faultline.Anomalies.Hosting.Http;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Faultline.Anomalies.Hosting;

/// <summary>What runs as long as the application: the control state is read before anything else starts, watched, and where it is asked for its endpoints answer on a port of their own.</summary>
/// <param name="provider">The services of the application.</param>
/// <param name="hasServer">Whether the application has an HTTP server.</param>
internal sealed partial class AnomaliesLoop(IServiceProvider provider, bool hasServer) : BackgroundService
{
    private WebApplication? _port;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        AnomaliesOptions options = provider.GetRequiredService<AnomaliesOptions>();
        await provider.GetRequiredService<ControlPanel>().RefreshAsync(cancellationToken);
        if (options.Control().IsOn) await OpenAsync(options, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_port is not null) await _port.DisposeAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => provider.GetRequiredService<ControlPanel>().RunAsync(stoppingToken);

    private async Task OpenAsync(AnomaliesOptions options, CancellationToken stop)
    {
        ILogger log = provider.GetRequiredService<ILogger<AnomaliesLoop>>();
        if (options.ControlUrl is not { } url)
        {
            if (!hasServer) throw new InvalidOperationException("Faultline:ControlUrl is missing: this application has a control token and no HTTP server, so it must say where the endpoints answer, such as http://127.0.0.1:5099");

            Open(log, options.Service, options.Instance, AnomalyEndpoints.Path);
            return;
        }

        // Empty: neither the addresses nor the logging, JSON or error handling of the application reach into this port.
        WebApplicationBuilder web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        web.WebHost.UseKestrelCore().UseUrls(url);
        web.Services.AddRouting();
        web.Services.AddSingleton(provider.GetRequiredService<ControlPanel>()).AddSingleton(provider.GetRequiredService<ServiceDescription>()).AddSingleton(provider.GetRequiredService<TimeProvider>());
        _port = web.Build();
        HttpStart.MapEndpoints(_port, options.Control());
        await _port.StartAsync(stop);
        Open(log, options.Service, options.Instance, _port.Urls.First() + AnomalyEndpoints.Path);
    }

    [LoggerMessage(2101, LogLevel.Information, "Anomalies of {Service} (instance {Instance}) can be set at {Address}")]
    private static partial void Open(ILogger log, string service, string instance, string address);
}
