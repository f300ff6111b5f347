using Faultline.Lab.Supervisor;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Live;

/// <summary>Draws the nodes of a system. Pure.</summary>
internal static class MapNodes
{
    private const string ClientEnd = LinkDescription.Client, BrokerEnd = LinkDescription.Broker;

    public static string Client(string system) => $"{system}/{ClientEnd}";

    public static string Broker(string system) => $"{system}/{BrokerEnd}";

    public static string Queue(string service) => $"{service}#queue";

    public static string Database(string service) => $"{service}#database";

    public static IReadOnlyList<MapNode> Of(SystemSight sight) =>
    [
        new MapNode { Id = Client(sight.System), System = sight.System, Kind = NodeKind.Client, Name = ClientEnd, Health = NodeHealth.Unknown },
        .. sight.Services.Select(service => Service(sight, service)),
        .. sight.Services.Where(service => service.Consumes.Count > 0).Select(service => QueueOf(sight, service)),
        .. sight.Services.Where(service => service.HasDatabase).Select(service => Server(sight, Database(service.Service), NodeKind.Database, LinkDescription.ShortName(service.Service), sight.DatabaseServer)),
        // A system of the user's own does not speak through the lab's broker.
        .. sight.Services.Any(service => !service.IsOwn) ? [Server(sight, Broker(sight.System), NodeKind.Broker, BrokerEnd, sight.BrokerServer)] : Array.Empty<MapNode>(),
    ];

    /// <summary>How processes do together.</summary>
    public static NodeHealth HealthOf(IReadOnlyList<MapInstance> instances)
    {
        int healthy = instances.Count(instance => instance.State == ProcessState.Healthy);
        if (instances.Count == 0) return NodeHealth.Unknown;
        if (healthy == instances.Count) return NodeHealth.Healthy;
        if (healthy > 0) return NodeHealth.Degraded;
        return instances.Any(instance => instance.State == ProcessState.Starting) ? NodeHealth.Starting : NodeHealth.Down;
    }

    private static MapNode Service(SystemSight sight, ServiceDescription service)
    {
        IReadOnlyList<MapInstance> instances = sight.Instances.GetValueOrDefault(service.Service, []);
        ServiceLook look = sight.Looks.GetValueOrDefault(service.Service, ServiceLook.None);
        return new MapNode
        {
            Id = service.Service,
            System = sight.System,
            Kind = NodeKind.Service,
            Name = LinkDescription.ShortName(service.Service),
            Health = HealthOf(instances),
            Instances = instances,
            Answers = look.Answers,
            GuardsOff = look.GuardsOff,
            Outbox = look.State?.Outbox,
            OutboxOldestSeconds = look.State?.OutboxOldestSeconds,
            Parked = look.State?.Parked,
            Scheduled = look.State?.Scheduled,
            DeadLetters = look.State?.DeadLetters,
        };
    }

    private static MapNode QueueOf(SystemSight sight, ServiceDescription service)
    {
        MessagingState? state = sight.Looks.GetValueOrDefault(service.Service, ServiceLook.None).State;
        return new MapNode
        {
            Id = Queue(service.Service),
            System = sight.System,
            Kind = NodeKind.Queue,
            Name = LinkDescription.ShortName(service.Service),
            Health = sight.BrokerServer is { } server ? HealthOf([server]) : NodeHealth.Unknown,
            Depth = state?.Queue,
            OldestSeconds = state?.QueueOldestSeconds,
        };
    }

    private static MapNode Server(SystemSight sight, string id, NodeKind kind, string name, MapInstance? server) => new()
    {
        Id = id,
        System = sight.System,
        Kind = kind,
        Name = name,
        Health = server is null ? NodeHealth.Unknown : HealthOf([server]),
        Instances = server is null ? [] : [server],
    };
}
