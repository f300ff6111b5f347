using Faultline.Hosting.Configuration;
using Faultline.Messaging.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Faultline.Hosting.Messaging;

/// <summary>Moves the projections of a service along the stream of its system, as long as the process.</summary>
internal sealed class ProjectionLoop : BackgroundService
{
    private readonly Dictionary<string, ProjectionRunner> _runners;

    public ProjectionLoop(IServiceProvider provider, SystemDefinition system, ServiceBuilder builder, ServiceBackend backend)
    {
        if (system.Stream is not { } stream) throw new ConfigurationException($"'{builder.Name}' has projections, but its system '{system.Name}' keeps no stream; give its SystemDefinition a Stream");
        if (backend is not { Transport: IEventStreams streams, Projections: { } store }) throw new ConfigurationException($"'{builder.Name}' has projections, but its broker keeps no streams");

        ILogger<ProjectionLoop> log = provider.GetRequiredService<ILogger<ProjectionLoop>>();
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        _runners = builder.Projections.Select(type => (Projection)provider.GetRequiredService(type))
            .ToDictionary(projection => projection.Name, projection => new ProjectionRunner(projection, stream.Name, streams, store, time, log));
    }

    /// <summary>The names of the projections.</summary>
    public IReadOnlyCollection<string> Names => _runners.Keys;

    /// <summary>Lets a projection begin anew.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task RebuildAsync(string name, CancellationToken stop) => _runners[name].RebuildAsync(stop);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_runners.Values.Select(runner => runner.RunAsync(stoppingToken)));
}
