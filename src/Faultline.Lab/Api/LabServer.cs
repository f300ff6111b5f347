using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Faultline.Lab.Control;
using Faultline.Lab.Live;
using Faultline.Lab.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Faultline.Lab.Api;

/// <summary>Serves a lab over HTTP: the JSON API under <c>/api</c>, its OpenAPI document, and a status page.</summary>
public sealed class LabServer : IAsyncDisposable
{
    private const int BodyBytesMax = 1 << 20;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly ControlPlane _plane;

    private LabServer(WebApplication app, ControlPlane plane) => (_app, _plane) = (app, plane);

    /// <summary>Where it answers, the address to show first.</summary>
    public IReadOnlyList<Uri> Addresses => [.. _app.Urls.Select(url => new Uri(url.Replace("//localhost:", "//127.0.0.1:")))];

    /// <summary>Fails with one sentence when somebody listens on the port; asked before anything is started.</summary>
    /// <param name="options">Where the lab is to answer.</param>
    public static void RequireFreePort(LabServerOptions options)
    {
        if (options.Port == 0) return;

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true); // As Kestrel does: connections that wind down are no listener.
            socket.Bind(new IPEndPoint(options.Bind is { } bind ? IPAddress.Parse(bind) : IPAddress.Loopback, options.Port));
            socket.Listen(1);
        }
        catch (SocketException error)
        {
            throw PortTaken(options, error);
        }
    }

    /// <summary>Starts to answer.</summary>
    /// <param name="plane">The lab.</param>
    /// <param name="options">Where, and to whom.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="LabException">The options are wrong, or the port is taken.</exception>
    public static async Task<LabServer> StartAsync(ControlPlane plane, LabServerOptions options, CancellationToken stop)
    {
        string[] problems = [.. options.Problems()];
        if (problems.Length > 0) throw new LabException($"The lab cannot be served: {string.Join("; ", problems)}.");

        WebApplication app = Build(plane, options);
        try
        {
            await app.StartAsync(stop);
            var server = new LabServer(app, plane);
            plane.Lab.Telemetry.Endpoint = server.Addresses[0]; // From now on what is started tells of itself.
            return server;
        }
        catch (IOException error) when (error.InnerException is AddressInUseException or SocketException)
        {
            await app.DisposeAsync();
            throw PortTaken(options, error);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        _plane.Lab.Telemetry.Endpoint = null;
        await _app.Services.GetRequiredService<LiveMap>().DisposeAsync();
        using CancellationTokenSource limit = new(StopLimit, TimeProvider.System); // Followers of logs never end by themselves.
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private static LabException PortTaken(LabServerOptions options, Exception error) =>
        new($"Port {options.Port} is taken, perhaps by another lab; stop that one, or choose another port with --port.", error);

    private static WebApplication Build(ControlPlane plane, LabServerOptions options)
    {
        WebApplicationBuilder web = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        Log(web, options);
        web.WebHost.UseUrls().ConfigureKestrel(kestrel => Listen(kestrel, options));
        web.Services.AddSingleton(options);
        web.Services.AddSingleton(plane);
        web.Services.AddSingleton(plane.Time);
        web.Services.AddSingleton<ServiceDoor>();
        web.Services.AddSingleton<StatusReader>();
        web.Services.AddSingleton(new FaultWords(options.Kinds.ToDictionary(kind => kind.Name, kind => kind.Says)));
        web.Services.AddSingleton<LiveMap>();
        web.Services.AddSingleton(new ReportFolder(Path.Combine(plane.Lab.Folder.Root, ".faultline", "reports")));
        web.Services.AddExceptionHandler<LabFailures>();
        web.Services.AddProblemDetails();
        web.Services.AddSingleton<IHostLifetime, NoLifetime>(); // Signals are the command line's business.
        web.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        web.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        });
        web.Services.AddOpenApi("v1", LabDocument.Describe);

        WebApplication app = web.Build();
        var gate = new LabGate(options, plane.Lab.Telemetry.Key);
        app.UseExceptionHandler();
        app.UseStatusCodePages(EmptyReplyAsync);
        app.Use(next => http => gate.InvokeAsync(http, next));
        app.UseRouting();
        var workbench = new WorkbenchFiles(options.Workbench);
        app.Use(next => http => workbench.InvokeAsync(http, next));
        Map(app, workbench);
        return app;
    }

    private static void Map(WebApplication app, WorkbenchFiles workbench)
    {
        app.MapOpenApi("/openapi/{documentName}.json").ExcludeFromDescription();
        StatusPage.Map(app, isFront: !workbench.Exist);
        ForwardApps.Map(app);
        ReceiveTelemetry.Map(app);

        RouteGroupBuilder api = app.MapGroup("/api");
        ReadStatus.Map(api);
        ReadCatalogue.Map(api);
        ReadFaultCatalogue.Map(api);
        ReadSystems.Map(api);
        ResetSystem.Map(api);
        SampleData.Map(api);
        MigrateSystem.Map(api);
        ReadService.Map(api);
        ServiceControl.Map(api);
        LabAnomalies.Map(api, named: true);
        LabAnomalies.Map(app.MapGroup(string.Empty).ExcludeFromDescription(), named: false); // The same addresses as at each service.
        ListGuards.Map(api);
        ListDeadLetters.Map(api);
        Logs.Map(api);
        Disruptions.Map(api);
        DisruptorWork.Map(api);
        LinkFaults.Map(api);
        PartitionCuts.Map(api);
        ReadJourney.Map(api);
        ReadLedgerTotals.Map(api);
        Runs.Map(api);
        ReadRunLines.Map(api);
        ReadRunFile.Map(api);
        ReadMap.Map(api);
        FollowEvents.Map(api);
        ReadMetrics.Map(api);
        ClearFaults.Map(api);
        ReadScenarios.Map(api);
        SettleDeadLetters.Map(api);
        ListJourneys.Map(api);
        Reports.Map(api);
        ExperimentFiles.Map(api);
    }

    private static void Log(WebApplicationBuilder web, LabServerOptions options)
    {
        web.Logging.ClearProviders();
        if (!options.Verbose) return;

        web.Logging.AddSimpleConsole(format => format.ColorBehavior = LoggerColorBehavior.Disabled);
        web.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        web.Logging.AddFilter("Microsoft", LogLevel.Warning);
        web.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
    }

    private static void Listen(KestrelServerOptions kestrel, LabServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        IPAddress? bind = options.Bind is null ? null : IPAddress.Parse(options.Bind);
        bool coversLoopback = bind is not null && (bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(bind));
        if (!coversLoopback && options.Port == 0) kestrel.Listen(IPAddress.Loopback, 0); // Two families cannot be given one free port at once.
        else if (!coversLoopback) kestrel.ListenLocalhost(options.Port); // 127.0.0.1, and [::1] where there is one.
        if (bind is not null) kestrel.Listen(bind, options.Port);
    }

    private static Task EmptyReplyAsync(StatusCodeContext context)
    {
        HttpRequest request = context.HttpContext.Request;
        IResult reply = context.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => LabProblems.NoRoute.With(request.Method, request.Path),
            StatusCodes.Status405MethodNotAllowed => LabProblems.WrongMethod.With(request.Method, request.Path),
            StatusCodes.Status415UnsupportedMediaType => LabProblems.WrongMediaType.With(request.ContentType),
            int status => TypedResults.Problem(statusCode: status),
        };
        return reply.ExecuteAsync(context.HttpContext);
    }

    /// <summary>Leaves Ctrl+C and SIGTERM alone.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
