using System.Reflection;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Topology;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Faultline.Hosting;

/// <summary>
/// What a service is: what it publishes, consumes, maps and migrates. Its one entry, a <c>Configure</c> method, fills it; it names no transport. Not thread-safe; used once, at start.
/// </summary>
public sealed class ServiceBuilder
{
    private readonly List<Type> _publishes = [];
    private readonly List<Type> _consumes = [];

    /// <summary>Begins the declaration of a service.</summary>
    /// <param name="name">As <c>system/service</c>.</param>
    /// <param name="assembly">Where its migrations are embedded.</param>
    public ServiceBuilder(string name, Assembly assembly)
    {
        Name = name;
        Assembly = assembly;
    }

    /// <summary>As <c>system/service</c>.</summary>
    public string Name { get; }

    /// <summary>Where the service and its migrations live.</summary>
    public Assembly Assembly { get; }

    /// <summary>The folder of its numbered SQL files; null when it has none.</summary>
    public string? MigrationsFolder { get; private set; }

    internal ConsumerOptions Consumer { get; private set; } = new();

    internal List<Action<IEndpointRouteBuilder>> Endpoints { get; } = [];

    internal List<Action<IServiceCollection, IConfiguration>> Services { get; } = [];

    internal List<Action<IServiceProvider, HandlerTable>> Handlers { get; } = [];

    internal List<Func<Envelope, IServiceProvider, CancellationToken, Task<bool>>> Broadcasts { get; } = [];

    internal Dictionary<string, string> Facts { get; } = [];

    internal List<string> Peers { get; } = [];

    internal List<GuardDescription> OwnGuards { get; } = [];

    internal List<Type> PublishFilters { get; } = [];

    internal List<Type> ConsumeFilters { get; } = [];

    internal List<Type> Projections { get; } = [];

    internal IEnumerable<Type> Messages => _publishes.Concat(_consumes).Distinct();

    internal IReadOnlyList<Type> Published => _publishes;

    internal IReadOnlyList<Type> Consumed => _consumes;

    /// <summary>Declares a message that the service publishes.</summary>
    /// <typeparam name="TMessage">The payload.</typeparam>
    public ServiceBuilder Publishes<TMessage>()
        where TMessage : IMessage
    {
        _publishes.Add(typeof(TMessage));
        return this;
    }

    /// <summary>Declares a message that the service consumes, and its handler.</summary>
    /// <typeparam name="TMessage">The payload.</typeparam>
    /// <typeparam name="THandler">The handler; one instance serves all messages.</typeparam>
    public ServiceBuilder Consumes<TMessage, THandler>()
        where TMessage : IMessage
        where THandler : class, IHandler<TMessage>
    {
        _consumes.Add(typeof(TMessage));
        Services.Add((services, _) => services.AddSingleton<THandler>());
        Handlers.Add((provider, table) => table.Add<TMessage>(provider.GetRequiredService<THandler>()));
        return this;
    }

    /// <summary>Says how the service consumes where its configuration (<c>Faultline:Consumer</c>) does not: a handler that waits for others wants many workers and small batches, one that only writes wants the defaults.</summary>
    /// <param name="options">The options; checked at start, after the configuration was laid over them.</param>
    public ServiceBuilder ConsumesWith(ConsumerOptions options)
    {
        Consumer = options;
        return this;
    }

    /// <summary>Takes a broadcast that reaches every instance of the service, over a temporary queue of each. At most once: send it again, or send only what may be missed.</summary>
    /// <typeparam name="TMessage">The payload.</typeparam>
    /// <param name="take">What an instance does with it.</param>
    public ServiceBuilder TakesBroadcast<TMessage>(Func<TMessage, IServiceProvider, CancellationToken, Task> take)
        where TMessage : IMessage
    {
        MessageContract contract = MessageCatalogue.ContractOf(typeof(TMessage));
        var catalogue = new MessageCatalogue([typeof(TMessage)]);
        Broadcasts.Add(async (envelope, provider, stop) =>
        {
            if (envelope.Type != contract.Type || envelope.Version != contract.Version) return false;
            await take((TMessage)catalogue.Decode(envelope), provider, stop);
            return true;
        });
        return this;
    }

    /// <summary>Keeps rows that are made from the events of the system's stream, and can be made again from them.</summary>
    /// <typeparam name="TProjection">The projection; its rows are in the service's own database.</typeparam>
    public ServiceBuilder Projects<TProjection>()
        where TProjection : Projection
    {
        Services.Add((services, _) => services.AddSingleton<TProjection>());
        Projections.Add(typeof(TProjection));
        return this;
    }

    /// <summary>Adds endpoints.</summary>
    /// <param name="maps">One for each endpoint.</param>
    public ServiceBuilder Maps(params Action<IEndpointRouteBuilder>[] maps)
    {
        Endpoints.AddRange(maps);
        return this;
    }

    /// <summary>Says where the service's numbered SQL files are.</summary>
    /// <param name="from">A folder in the system's project, for example <c>Tickets/Migrations</c>.</param>
    public ServiceBuilder Migrates(string from)
    {
        MigrationsFolder = from;
        return this;
    }

    /// <summary>Lets a lab read a part of the service's state: rows of a query, over the control endpoints only. Checkers judge by such rows.</summary>
    /// <param name="name">Under which name.</param>
    /// <param name="query">A query of the service's own database.</param>
    public ServiceBuilder States(string name, string query)
    {
        Facts.Add(name, query);
        return this;
    }

    /// <summary>Declares that the service calls another one over HTTP; its address comes from the configuration, see <see cref="Http.PeerAddresses"/>.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public ServiceBuilder Calls(string service)
    {
        Peers.Add(service);
        return this;
    }

    /// <summary>Adds guards of the service's own to those of the messaging core; its code asks the control panel whether they are on.</summary>
    /// <param name="guards">Each with what it protects from.</param>
    public ServiceBuilder Guards(params IEnumerable<GuardDescription> guards)
    {
        OwnGuards.AddRange(guards);
        return this;
    }

    /// <summary>Adds services of the service's own to its container.</summary>
    /// <param name="add">What to add.</param>
    public ServiceBuilder Uses(Action<IServiceCollection, IConfiguration> add)
    {
        Services.Add(add);
        return this;
    }

    /// <summary>Adds a step on the way out; steps run in the order in which they are added.</summary>
    /// <typeparam name="TFilter">The filter; one instance serves all messages.</typeparam>
    public ServiceBuilder FiltersPublishing<TFilter>()
        where TFilter : class, IPublishFilter
    {
        Services.Add((services, _) => services.AddSingleton<TFilter>());
        PublishFilters.Add(typeof(TFilter));
        return this;
    }

    /// <summary>Adds a step around every handler; the first added is the outermost.</summary>
    /// <typeparam name="TFilter">The filter; one instance serves all messages.</typeparam>
    public ServiceBuilder FiltersConsuming<TFilter>()
        where TFilter : class, IConsumeFilter
    {
        Services.Add((services, _) => services.AddSingleton<TFilter>());
        ConsumeFilters.Add(typeof(TFilter));
        return this;
    }

    /// <summary>What the service publishes and consumes.</summary>
    public ServiceTopology Topology() => new(Name, [.. _publishes.Select(MessageCatalogue.ContractOf)], [.. _consumes.Select(MessageCatalogue.ContractOf)]);
}

/// <summary>A service as a system lists it: its name, and the one entry that declares it.</summary>
/// <param name="Name">As <c>system/service</c>.</param>
/// <param name="Configure">Declares it.</param>
/// <param name="Assembly">Where it and its migrations live.</param>
public sealed record ServiceDefinition(string Name, Action<ServiceBuilder> Configure, Assembly Assembly)
{
    /// <summary>Runs the declaration.</summary>
    public ServiceBuilder Build()
    {
        var builder = new ServiceBuilder(Name, Assembly);
        Configure(builder);
        return builder;
    }
}

/// <summary>A system: its services.</summary>
/// <param name="Name">For example <c>ticketflow</c>.</param>
/// <param name="Services">Its services.</param>
public sealed record SystemDefinition(string Name, IReadOnlyList<ServiceDefinition> Services)
{
    /// <summary>The log that keeps the events of the system besides their queues; null when they are not kept.</summary>
    public StreamTopology? Stream { get; init; }

    /// <summary>The service that every instance of the system reports its <see cref="Figures.InstanceFigures"/> to, as <c>system/service</c>; it takes them as a broadcast. Null when nobody wants them: then nobody reports.</summary>
    public string? MetricsService { get; init; }

    /// <summary>All exchanges, queues and bindings.</summary>
    /// <param name="partitions">Partitions of each queue.</param>
    public SystemTopology Topology(int partitions = SystemTopology.DefaultPartitions) => new([.. Services.Select(service => service.Build().Topology())], partitions) { Stream = Stream };

    /// <summary>What a service really has: points, kinds, guards, messages.</summary>
    /// <param name="service">The service.</param>
    public static ServiceDescription Describe(ServiceDefinition service)
    {
        ServiceBuilder builder = service.Build();
        ServiceTopology topology = builder.Topology();
        return new ServiceDescription(
            service.Name, topology.Publishes, topology.Consumes, [.. FaultPoints.All.Except(FaultPoints.Database).Select(point => point.Name)], FaultKinds.All,
            [.. GuardNames.All, .. builder.OwnGuards])
        {
            Calls = [.. builder.Peers],
        };
    }
}
