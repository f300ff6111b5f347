using Faultline.Hosting.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Faultline.Hosting.Telemetry;

/// <summary>
/// Traces and metrics by OTLP: to where the standard variable <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says, and to the lab that started the service. Without both nothing is collected and nothing costs.
/// </summary>
internal static class TelemetryExtensions
{
    public static void AddServiceTelemetry(this IServiceCollection services, string service, ServiceSettings settings, IConfiguration configuration)
    {
        bool elsewhere = !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        LabExport? lab = LabExport.Of(settings);
        if (!elsewhere && lab is null) return;

        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService(service, serviceInstanceId: settings.MessagingOptions(service).Instance);
        services.AddSingleton(_ => Traces(resource, elsewhere, lab));
        services.AddSingleton(_ => Metrics(resource, elsewhere, lab));
        services.AddHostedService<TelemetryStart>();
    }

    private static TracerProvider Traces(ResourceBuilder resource, bool elsewhere, LabExport? lab)
    {
        TracerProviderBuilder traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource("Faultline.Messaging", "Microsoft.AspNetCore", "System.Net.Http");

        // For the lab a sample will do, without every statement: its journeys rest on the ledger, and a trace only adds to them.
        if (elsewhere) traces.AddSource("Npgsql").AddOtlpExporter();
        else traces.SetSampler(new ParentBasedSampler(new TracesPerSecondSampler(LabExport.TracesPerSecond, TimeProvider.System)));
        if (lab is not null) traces.AddProcessor(lab.Traces());
        return traces.Build();
    }

    private static MeterProvider Metrics(ResourceBuilder resource, bool elsewhere, LabExport? lab)
    {
        MeterProviderBuilder metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter("Faultline.*", "Microsoft.AspNetCore.Hosting");
        if (elsewhere) metrics.AddMeter("Npgsql", "System.Net.Http").AddOtlpExporter();
        if (lab is not null) metrics.AddReader(lab.Metrics());
        return metrics.Build();
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
