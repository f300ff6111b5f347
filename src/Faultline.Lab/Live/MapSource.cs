using System.Collections.Concurrent;
using Faultline.Lab.Control;
using Faultline.Lab.Instances;
using Faultline.Lab.Postgres;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Lab.Telemetry;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Live;

/// <summary>Looks at everything that the map shows: processes and links here, services by asking them, flows by what they tell. Drawn by one at a time.</summary>
/// <param name="plane">The lab.</param>
/// <param name="words">Says what faults do.</param>
internal sealed class MapSource(ControlPlane plane, FaultWords words)
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<LabSystem, IReadOnlyDictionary<string, ServiceWatch>> _watches = new();
    private readonly ConcurrentQueue<Firing> _firings = new();
    private readonly LinkRates _rates = new(plane.Time);
    private readonly ProcessLoads _loads = new(plane.Time);
    private readonly MapFaults _faults = new(words);
    private Dictionary<string, ActiveFault> _before = [];
    private long _sampledAt;

    /// <summary>When faults were there.</summary>
    public FaultWindows Windows { get; } = new(plane.Time);

    /// <summary>Asks every service for which it is time.</summary>
    public Task AskAllAsync(CancellationToken stop)
    {
        foreach (LabSystem gone in _watches.Keys.Except(plane.Running)) _watches.TryRemove(gone, out _);
        return Task.WhenAll(plane.Running.SelectMany(system => WatchesOf(system).Values).Select(watch => watch.PollAsync(stop)));
    }

    /// <summary>The map as it is now, without its number, and what has fired since it was last drawn.</summary>
    public (MapView View, IReadOnlyList<FiredFault> Fired) Draw()
    {
        IReadOnlyList<LabSystem> running = plane.Running;
        ILookup<string, LinkView> links = plane.Links.All.ToLookup(link => link.Link[..link.Link.IndexOf('/')]);
        SystemSight[] sights = [.. running.Select(system => SightOf(system, [.. links[system.Spec.Name]]))];
        MapNode[] nodes = [.. sights.SelectMany(MapNodes.Of)];
        MapEdge[] edges = [.. sights.SelectMany(MapEdges.Of)];
        ActiveFault[] faults = [.. sights.SelectMany(sight => _faults.Of(sight, edges)), .. Disruptions(running, edges)];
        DateTimeOffset now = plane.Time.GetUtcNow();
        FiredFault[] fired = [.. FiredSince(edges), .. ActedSince(faults, now)];
        _before = faults.ToDictionary(fault => fault.Id);
        Windows.Take(faults);
        Forget(nodes, links);
        Sample(sights);
        var view = new MapView
        {
            Sequence = 0,
            At = now,
            Phase = plane.Phase,
            Systems = [.. running.Select(system => system.Spec.Name)],
            Nodes = nodes,
            Edges = edges,
            Faults = faults,
            Fired = [],
            Run = plane.Runs.Current?.View(),
        };
        return (view, fired);
    }

    private IReadOnlyDictionary<string, ServiceWatch> WatchesOf(LabSystem system) => _watches.GetOrAdd(system, added => added.Clients.ToDictionary(
        pair => pair.Key, pair => new ServiceWatch(pair.Value, plane.Time, firings => firings.ToList().ForEach(_firings.Enqueue))));

    private SystemSight SightOf(LabSystem system, IReadOnlyList<LinkView> links)
    {
        TelemetryStore telemetry = plane.Lab.Telemetry;
        var traffic = new Dictionary<string, (double Requests, double Bytes)>();
        foreach (LinkView link in links)
        {
            if (_rates.Take(link.Link, link.Traffic.Requests, link.Traffic.BytesSent + link.Traffic.BytesReceived) is { } rate) traffic[link.Link] = rate;
        }

        return new SystemSight
        {
            System = system.Spec.Name,
            Services = system.Spec.Services,
            Routes = system.Spec.Routes,
            Instances = system.Spec.Services.ToDictionary(service => service.Service, service => (IReadOnlyList<MapInstance>)[.. system.InstancesOf(service.Service).Select(_loads.Of)]),
            DatabaseServer = ServerOf(plane.Lab.Services),
            BrokerServer = system.Options.Broker == BrokerNames.RabbitMq ? plane.Lab.Rabbit.Process is { } rabbit ? _loads.Of(rabbit) : null : ServerOf(plane.Lab.Queue),
            Looks = WatchesOf(system).ToDictionary(pair => pair.Key, pair => pair.Value.Last),
            Links = links,
            Traffic = traffic,
            Rate = (name, service, type) => telemetry.Rate(new SeriesKey(name, service, MessageType: type)),
            Percentile = (name, service, share) => telemetry.Percentile(new SeriesKey(name, service), share),
        };
    }

    private MapInstance? ServerOf(IDatabaseServer server) => server is PostgresCluster own ? _loads.Of(own.Process) : null;

    private IEnumerable<ActiveFault> Disruptions(IReadOnlyList<LabSystem> running, IReadOnlyList<MapEdge> edges)
    {
        foreach (DisruptionRecord down in plane.Lab.Disruptor.Active)
        {
            foreach (LabSystem system in running)
            {
                string name = system.Spec.Name;
                if (down.Target == plane.Lab.Services.Target) yield return MapFaults.Disruption(name, down, "", [.. edges.Where(edge => edge.System == name && edge.Kind == EdgeKind.Store).Select(edge => edge.Id)]);
                else if (down.Target == BrokerNames.ServerOf(system.Options.Broker)) yield return MapFaults.Disruption(name, down, MapNodes.Broker(name), []);
                else if (system.Spec.Services.FirstOrDefault(service => system.InstancesOf(service.Service).Any(instance => instance.Target == down.Target)) is { } service) yield return MapFaults.Disruption(name, down, service.Service, []);
            }
        }

        if (plane.Disruptor.View() is { IsRunning: true } disruptor) yield return MapFaults.Disruptor(disruptor);
    }

    private IEnumerable<FiredFault> FiredSince(IReadOnlyList<MapEdge> edges)
    {
        while (_firings.TryDequeue(out Firing? firing)) yield return _faults.Fired(firing, edges);
    }

    /// <summary>Faults on links and processes have counters and no list of firings: what has risen has acted.</summary>
    private IEnumerable<FiredFault> ActedSince(IReadOnlyList<ActiveFault> faults, DateTimeOffset now) => faults
        .Where(fault => fault.Layer != FaultLayer.Anomaly && fault.Fired > (_before.GetValueOrDefault(fault.Id)?.Fired ?? 0))
        .Select(fault => MapFaults.Fired(fault, now));

    private void Forget(IReadOnlyList<MapNode> nodes, ILookup<string, LinkView> links)
    {
        _rates.Keep(links.SelectMany(group => group).Select(link => link.Link).ToHashSet());
        _loads.Keep(nodes.SelectMany(node => node.Instances).Select(instance => instance.Target).ToHashSet());
    }

    /// <summary>Once a second, what only a look can tell goes to the figures over time.</summary>
    private void Sample(IReadOnlyList<SystemSight> sights)
    {
        if (_sampledAt != 0 && plane.Time.GetElapsedTime(_sampledAt) < SampleEvery) return;

        _sampledAt = plane.Time.GetTimestamp();
        foreach (SystemSight sight in sights)
        {
            foreach ((string service, ServiceLook look) in sight.Looks) if (look is { Answers: true, State: { } state }) Sample(service, state);
            foreach (MapInstance instance in sight.Instances.Values.SelectMany(instances => instances)) Sample(sight.System, instance);
            foreach (MapInstance server in new[] { sight.DatabaseServer, sight.BrokerServer }.OfType<MapInstance>()) Sample(sight.System, server);
        }
    }

    private void Sample(string service, MessagingState state)
    {
        TelemetryStore telemetry = plane.Lab.Telemetry;
        telemetry.Set(new SeriesKey(SeriesNames.QueueDepth, service), state.Queue);
        telemetry.Set(new SeriesKey(SeriesNames.QueueAge, service), state.QueueOldestSeconds ?? 0);
        telemetry.Set(new SeriesKey(SeriesNames.OutboxDepth, service), state.Outbox);
        telemetry.Set(new SeriesKey(SeriesNames.OutboxLag, service), state.OutboxOldestSeconds ?? 0);
        telemetry.Set(new SeriesKey(SeriesNames.Parked, service), state.Parked);
        telemetry.Set(new SeriesKey(SeriesNames.DeadLetters, service), state.DeadLetters);
    }

    private void Sample(string system, MapInstance instance)
    {
        if (instance.CpuPercent is { } cpu) plane.Lab.Telemetry.Set(new SeriesKey(SeriesNames.Cpu, system, instance.Target), cpu);
        if (instance.PrivateBytes is { } bytes) plane.Lab.Telemetry.Set(new SeriesKey(SeriesNames.Memory, system, instance.Target), bytes);
    }
}
