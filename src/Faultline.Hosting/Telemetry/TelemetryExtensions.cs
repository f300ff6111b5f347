using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Faultline.Hosting.Telemetry;

/// <summary>Traces and metrics by OTLP, to where the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; without it nothing is collected and nothing costs.</summary>
internal static class TelemetryExtensions
{
    public static void AddServiceTelemetry(this IServiceCollection services, string service, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) return;

        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService(service);
        services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource("Faultline.Messaging", "Npgsql", "Microsoft.AspNetCore", "System.Net.Http").AddOtlpExporter().Build());
        services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("Faultline.*", "Npgsql", "Microsoft.AspNetCore.Hosting", "System.Net.Http").AddOtlpExporter().Build());
        services.AddHostedService<TelemetryStart>();
    }

    /// <summary>The providers collect from the moment they exist.</summary>
    private sealed class TelemetryStart(IServiceProvider provider) : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            provider.GetRequiredService<TracerProvider>();
            provider.GetRequiredService<MeterProvider>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
