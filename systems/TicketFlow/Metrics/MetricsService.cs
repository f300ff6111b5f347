using Faultline.Hosting;
using Faultline.Hosting.Figures;
using Microsoft.Extensions.DependencyInjection;
using TicketFlow.Desk;
using TicketFlow.Metrics.Endpoints;
using TicketFlow.Metrics.Live;

namespace TicketFlow.Metrics;

internal static class MetricsService
{
    /// <summary>Its name, which the system tells all others to report to.</summary>
    public const string Name = "ticketflow/metrics";

    public static void Configure(ServiceBuilder service) => service
        .TakesBroadcast<InstanceFigures>(TakeAsync)
        .Maps(LiveEndpoints.Map)
        .Uses((services, _) => services.AddSingleton<LiveFigures>().AddSingleton<LiveFeed>().AddSingleton<DeskTokens>());

    private static Task TakeAsync(InstanceFigures report, IServiceProvider provider, CancellationToken stop)
    {
        provider.GetRequiredService<LiveFigures>().Take(report);
        return Task.CompletedTask;
    }
}
