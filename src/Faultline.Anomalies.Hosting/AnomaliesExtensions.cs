using System.Data.Common;
using Faultline.Anomalies.Hosting.Data;
using Faultline.Anomalies.Hosting.Http;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace Faultline.Anomalies.Hosting;

/// <summary>Adds anomalies to an application.</summary>
public static class AnomaliesExtensions
{
    /// <summary>
    /// Adds fault points around the HTTP server, the clients of <see cref="IHttpClientFactory"/> and the EF Core contexts of the application, and the endpoints that set anomalies there. The one call that is
    /// needed, in an ASP.NET Core application or with the generic host. Without a control token the endpoints do not exist, and the points stay idle.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">What the application says about itself; null for what its configuration says.</param>
    /// <exception cref="InvalidOperationException">It was called before. Wrong options stop the start with all that is wrong.</exception>
    public static IServiceCollection AddFaultlineAnomalies(this IServiceCollection services, Action<AnomaliesOptions>? configure = null)
    {
        if (services.Any(service => service.ServiceType == typeof(AnomaliesOptions))) throw new InvalidOperationException("AddFaultlineAnomalies was called before; say everything in one call");

        services.AddSingleton(provider => AnomaliesOptions.Read(provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<IHostEnvironment>(), configure));
        services.AddSingleton(provider => Describe(provider.GetRequiredService<AnomaliesOptions>(), services));
        services.AddSingleton<IControlStore>(provider => StoreOf(provider.GetRequiredService<AnomaliesOptions>()));
        services.AddAnomalyPoints(provider => provider.GetRequiredService<AnomaliesOptions>().Instance, provider => provider.GetRequiredService<IControlStore>());
        services.AddSingleton<DatabaseFaults>().AddSingleton<ContextFaults>();
        services.AddSingleton(typeof(IDbContextOptionsConfiguration<>), typeof(ContextConfiguration<>));
        services.AddRouting();
        services.AddSingleton<IStartupFilter>(provider => HttpOf(provider.GetRequiredService<AnomaliesOptions>()));
        services.AddHostedService(provider => new AnomaliesLoop(provider, HasServer(services)));
        return services;
    }

    /// <summary>
    /// Adds the fault points themselves, their <see cref="ControlPanel"/>, and those around every client of <see cref="IHttpClientFactory"/>: for hosts that bring a control state and endpoints of their own.
    /// They need a <see cref="ServiceDescription"/> among the services.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="instance">The name of the instance.</param>
    /// <param name="store">Where the control state is.</param>
    public static IServiceCollection AddAnomalyPoints(this IServiceCollection services, Func<IServiceProvider, string> instance, Func<IServiceProvider, IControlStore> store)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new FaultPipeline(
            instance(provider), store(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FaultPipeline>>(), crash: null,
            provider.GetRequiredService<ServiceDescription>().OwnPoints));
        services.AddSingleton(provider => new ControlPanel(
            provider.GetRequiredService<ServiceDescription>().Service, store(provider), provider.GetRequiredService<FaultPipeline>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ControlPanel>>(), provider.GetRequiredService<ServiceDescription>().Guards));
        services.AddTransient<FaultHandler>();
        services.AddSingleton<IHttpMessageHandlerBuilderFilter, HttpClientFaults>();
        return services;
    }

    /// <summary>Puts the fault points of the database around a source of connections, such as an <c>NpgsqlDataSource</c>.</summary>
    /// <param name="source">The real source; whoever made it disposes of it.</param>
    /// <param name="provider">The services of an application that has called <see cref="AddFaultlineAnomalies"/>.</param>
    public static FaultDataSource WithAnomalies(this DbDataSource source, IServiceProvider provider) => new(source, provider.GetRequiredService<DatabaseFaults>());

    private static IControlStore StoreOf(AnomaliesOptions options) => options.Store ?? (options.StateFile is { } file ? FileControlStore.Open(file) : new MemoryControlStore());

    private static HttpStart HttpOf(AnomaliesOptions options) => new(options.Control(), [.. options.ExemptPaths], endpoints: options.ControlUrl is null);

    private static bool HasServer(IServiceCollection services) => services.Any(service => service.ServiceType == typeof(IServer));

    /// <summary>What the application really has, so that nothing else is offered: asked when the container is complete, whatever the order of the calls.</summary>
    private static ServiceDescription Describe(AnomaliesOptions options, IServiceCollection services)
    {
        bool hasDatabase = services.Any(service => typeof(DbContext).IsAssignableFrom(service.ServiceType) || typeof(DbDataSource).IsAssignableFrom(service.ServiceType)
            || (service.ServiceType.IsGenericType && service.ServiceType.GetGenericTypeDefinition() == typeof(IDbContextFactory<>)));
        IEnumerable<FaultPoint> points =
        [
            FaultPoints.HttpSendBefore, FaultPoints.HttpReceiveAfter,
            .. HasServer(services) ? [FaultPoints.HttpRequestBefore, FaultPoints.HttpResponseBefore] : Array.Empty<FaultPoint>(),
            .. hasDatabase ? FaultPoints.Database : [],
        ];
        return new ServiceDescription(
            options.Service, [.. options.Publishes.Select(type => new MessageContract(type, 1))], [.. options.Consumes.Select(type => new MessageContract(type, 1))],
            [.. points.Concat(options.Points).Select(point => point.Name)], FaultKinds.All, Guards: [])
        {
            OwnPoints = [.. options.Points],
        };
    }
}
