using Faultline.Anomalies;
using Faultline.Anomalies.Hosting;
using Faultline.Anomalies.Hosting.Control;
using Faultline.Anomalies.Hosting.Http;
using Faultline.Hosting.Configuration;
using Faultline.Hosting.Control;
using Faultline.Hosting.Figures;
using Faultline.Hosting.Health;
using Faultline.Hosting.Http;
using Faultline.Hosting.Messaging;
using Faultline.Hosting.Telemetry;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Running;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Faultline.Hosting;

/// <summary>Makes one instance of a service: its own process, its own database, its messaging, its endpoints.</summary>
public static class ServiceHost
{
    /// <summary>Opens store and broker for a service; the one place that names them.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    /// <param name="builder">What the service is.</param>
    /// <param name="settings">How it is started.</param>
    /// <param name="log">Where to tell what happens.</param>
    /// <param name="stop">Gives up.</param>
    public delegate Task<ServiceBackend> OpenBackend(string service, ServiceBuilder builder, ServiceSettings settings, ILoggerFactory log, CancellationToken stop);

    /// <summary>Builds an instance; it is migrated and connected when this returns, and runs once the application is started.</summary>
    /// <param name="system">The system.</param>
    /// <param name="service">Which of its services.</param>
    /// <param name="args">Command line configuration, such as <c>--urls</c>.</param>
    /// <param name="open">Opens store and broker.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    public static async Task<WebApplication> CreateAsync(SystemDefinition system, ServiceDefinition service, string[] args, OpenBackend open, CancellationToken stop)
    {
        WebApplicationBuilder web = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        ServiceBuilder builder = service.Build();
        var settings = ServiceSettings.Of(web.Configuration, builder.Consumer);
        string[] problems = [.. settings.Problems()];
        if (problems.Length > 0) throw new ConfigurationException(string.Join("; ", problems));

        Log(web);
        using ILoggerFactory starting = LoggerFactory.Create(logging => logging.AddConfiguration(web.Configuration.GetSection("Logging")).AddSimpleConsole(Format));
        ServiceBackend backend = await open(service.Name, builder, settings, starting, stop);
        try
        {
            AddServices(web, system, service, builder, settings, backend);
            WebApplication app = web.Build();
            Map(app, builder);
            await app.Services.GetRequiredService<MessagingCore>().PrepareAsync(stop);
            return app;
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
    }

    private static void Log(WebApplicationBuilder web)
    {
        web.Logging.ClearProviders();
        web.Logging.AddSimpleConsole(Format);
        web.Logging.AddFilter("Microsoft", LogLevel.Warning);
        web.Logging.AddFilter("Npgsql", LogLevel.Warning);
        web.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        // The request edge tells failures in its own words.
        web.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
        web.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ContentDigests.BodyBytesMax;
        });
        web.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));
    }

    private static void Format(Microsoft.Extensions.Logging.Console.SimpleConsoleFormatterOptions format)
    {
        format.SingleLine = true;
        format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        format.UseUtcTimestamp = true;
        format.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
    }

    private static void AddServices(WebApplicationBuilder web, SystemDefinition system, ServiceDefinition service, ServiceBuilder builder, ServiceSettings settings, ServiceBackend backend)
    {
        IServiceCollection services = web.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => backend);
        services.AddSingleton(backend.Database);
        services.AddSingleton(SystemDefinition.Describe(service));
        services.AddSingleton(new ControlOptions { Token = settings.ControlToken });
        services.AddSingleton(new ServiceFacts(builder.Facts));
        services.AddSingleton(settings.MessagingOptions(service.Name));
        services.AddSingleton(provider => new Ids(provider.GetRequiredService<TimeProvider>()));
        services.AddAnomalyPoints(provider => provider.GetRequiredService<MessagingOptions>().Instance, _ => backend.Control);
        services.AddSingleton(provider => Core(provider, system, builder, settings, backend));
        services.AddSingleton(provider => provider.GetRequiredService<MessagingCore>().Units);
        services.AddSingleton<IdempotentWrites>();
        services.AddSingleton(new PeerAddresses(service.Name, settings.Peers));
        services.AddExceptionHandler<FailureReplies>();
        services.AddProblemDetails();
        services.AddRouting();
        services.AddOpenApi("v1", api => Describe(api, service));
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
            json.SerializerOptions.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(System.Text.Json.JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        foreach (Action<IServiceCollection, IConfiguration> add in builder.Services) add(services, web.Configuration);
        services.AddHostedService<MessagingLoop>();
        if (builder.Projections.Count > 0)
        {
            services.AddSingleton(provider => new ProjectionLoop(provider, system, builder, backend));
            services.AddHostedService(provider => provider.GetRequiredService<ProjectionLoop>());
        }

        // After the messaging, so that it is stopped before that, and its last report still leaves.
        if (system.MetricsService is { } metrics) AddReports(services, system, metrics, backend);
        if (settings.StopWithInput) services.AddHostedService<ParentWatch>();
        services.AddServiceTelemetry(service.Name, settings, web.Configuration);
    }

    private static void Describe(OpenApiOptions api, ServiceDefinition service)
    {
        // Requests and replies are named inside their endpoint, so many have one name.
        api.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name ? type.Type.DeclaringType?.Name + name : null;
        api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = service.Name, Version = "1" };
            document.Servers?.Clear(); // Where it answers is not part of what it promises.
            return Task.CompletedTask;
        });
    }

    private static void AddReports(IServiceCollection services, SystemDefinition system, string metrics, ServiceBackend backend)
    {
        if (system.Services.All(service => service.Name != metrics)) throw new ConfigurationException($"the system '{system.Name}' names the metrics service '{metrics}', but has none of that name");

        services.AddSingleton<MessageTotals>();
        services.AddHostedService(provider =>
        {
            MessagingCore core = provider.GetRequiredService<MessagingCore>();
            TimeProvider time = provider.GetRequiredService<TimeProvider>();
            ILogger<FiguresReporter> log = provider.GetRequiredService<ILogger<FiguresReporter>>();
            var source = new FiguresSource(provider.GetRequiredService<MessagingOptions>(), provider.GetRequiredService<MessageTotals>(), new BacklogWatch(backend.ReadStateAsync, time, log), time);
            return new FiguresReporter(source, (report, stop) => core.BroadcastAsync(metrics, InstanceFigures.MessageType, MessageCatalogue.Encode(report), stop), time, log);
        });
    }

    private static MessagingCore Core(IServiceProvider provider, SystemDefinition system, ServiceBuilder builder, ServiceSettings settings, ServiceBackend backend)
    {
        var handlers = new HandlerTable();
        foreach (Action<IServiceProvider, HandlerTable> add in builder.Handlers) add(provider, handlers);
        var parts = new MessagingParts
        {
            Store = backend.Store,
            Election = backend.Election,
            Transport = backend.Transport,
            Faults = provider.GetRequiredService<FaultPipeline>(),
            Control = provider.GetRequiredService<ControlPanel>(),
            Topology = system.Topology(settings.Partitions),
            Catalogue = new MessageCatalogue(builder.Messages, reads: builder.Consumed),
            Handlers = handlers,
            TellLeader = backend.TellLeader,
            PublishFilters = [.. builder.PublishFilters.Select(filter => (IPublishFilter)provider.GetRequiredService(filter))],
            ConsumeFilters = [.. builder.ConsumeFilters.Select(filter => (IConsumeFilter)provider.GetRequiredService(filter))],
            OnBroadcast = async (message, stop) =>
            {
                foreach (Func<Envelope, IServiceProvider, CancellationToken, Task<bool>> take in builder.Broadcasts) if (await take(message, provider, stop)) return;
            },
        };
        return new MessagingCore(provider.GetRequiredService<MessagingOptions>(), parts, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<MessagingCore>>());
    }

    private static void Map(WebApplication app, ServiceBuilder builder)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseMiddleware<HttpFaults>((Func<HttpContext, bool>)(http => http.GetEndpoint()?.Metadata.GetMetadata<BusinessEndpoint>() is not null));
        app.UseMiddleware<ContentDigests>();
        RouteGroupBuilder business = app.MapGroup(string.Empty);
        business.WithMetadata(new BusinessEndpoint());
        foreach (Action<IEndpointRouteBuilder> map in builder.Endpoints) map(business);

        // What the lab asks is no work of the service: it is in no figure and no trace.
        RouteGroupBuilder asked = app.MapGroup(string.Empty).DisableHttpMetrics().ExcludeFromDescription();
        asked.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        asked.MapGet("/health/ready", () => Results.Ok(new { status = "ready" }));
        asked.MapOpenApi("/openapi/{documentName}.json");
        asked.MapFaultlineControl();
    }
}
