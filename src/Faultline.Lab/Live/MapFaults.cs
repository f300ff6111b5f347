using Faultline.Lab.Control;
using Faultline.Lab.Instances;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Links;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Live;

/// <summary>Locates faults on the nodes and edges of the map. Pure.</summary>
/// <param name="words">Says what they do.</param>
internal sealed class MapFaults(FaultWords words)
{
    private const string PartitionPrefix = "partition ";

    /// <summary>The anomalies of the services of a system, and the faults on its links.</summary>
    public IReadOnlyList<ActiveFault> Of(SystemSight sight, IReadOnlyList<MapEdge> edges) =>
    [
        .. sight.Looks.Values.SelectMany(look => look.Anomalies).Where(anomaly => !IsSpent(anomaly)).Select(anomaly => Anomaly(sight.System, anomaly, edges)),
        .. sight.Links.SelectMany(link => link.Faults.Select(fault => (Link: link, Fault: fault))).GroupBy(each => (each.Link.Name, each.Fault.Name)).Select(group => OnLink(sight, [.. group], edges)),
    ];

    /// <summary>Whether an anomaly has done all that its trigger allows: it is listed among the service's anomalies, but nothing is broken by it any more.</summary>
    public static bool IsSpent(Anomaly anomaly) => anomaly.Trigger switch
    {
        { Once: true } or { Nth: not null } => anomaly.Fired > 0,
        { First: { } first } => anomaly.Fired >= first,
        _ => false,
    };

    /// <summary>A process that is down on purpose.</summary>
    public static ActiveFault Disruption(string system, DisruptionRecord down, string node, IReadOnlyList<string> edges) => new()
    {
        Id = $"disruption:{down.Target}@{system}",
        Layer = FaultLayer.Disruption,
        System = system,
        Node = edges.Count > 0 ? null : node,
        Edges = edges,
        Instance = down.Target,
        Kind = down.Verb,
        Says = down.Verb == "pause" ? $"{down.Target} stands still until it is resumed" : $"{down.Target} is down until it is restarted",
        Fired = 1,
        CreatedAt = down.At,
        LastFiredAt = down.At,
        Remove = new RemoveRequest("POST", "/api/disruptions", new Dictionary<string, string> { ["verb"] = down.Verb == "pause" ? "resume" : "restart", ["target"] = down.Target }),
    };

    /// <summary>The disruptor at work.</summary>
    public static ActiveFault Disruptor(DisruptorView view) => new()
    {
        Id = "disruptor",
        Layer = FaultLayer.Disruptor,
        System = view.System!,
        Kind = "disruptor",
        Says = "every so often a process is killed, stopped or paused, and comes back",
        Fired = view.Done,
        Remove = new RemoveRequest("DELETE", "/api/disruptor"),
    };

    /// <summary>A firing at a fault point.</summary>
    public FiredFault Fired(Firing firing, IReadOnlyList<MapEdge> edges) => new()
    {
        Id = $"{firing.Service}/{firing.Id}",
        At = firing.At,
        FaultId = $"anomaly:{firing.AnomalyId}",
        Layer = FaultLayer.Anomaly,
        Node = firing.Service,
        Edges = EdgesOf(firing.Service, firing.Point, firing.MessageType, edges),
        Kind = firing.Kind,
        Says = words.Of(firing.Kind, firing.Point),
        Point = firing.Point,
        Service = firing.Service,
        Instance = firing.Instance,
        MessageId = firing.MessageId,
        MessageType = firing.MessageType,
        Key = firing.Key,
        OperationId = firing.OperationId,
    };

    /// <summary>What a fault on a link has done since the last look.</summary>
    public static FiredFault Fired(ActiveFault fault, DateTimeOffset at) => new()
    {
        Id = $"{fault.Id}/{fault.Fired}",
        At = at,
        FaultId = fault.Id,
        Layer = fault.Layer,
        Node = fault.Node,
        Edges = fault.Edges,
        Kind = fault.Kind,
        Says = fault.Says,
        Service = fault.Service,
        Instance = fault.Instance,
    };

    private ActiveFault Anomaly(string system, Anomaly anomaly, IReadOnlyList<MapEdge> edges) => new()
    {
        Id = $"anomaly:{anomaly.Id}",
        Layer = FaultLayer.Anomaly,
        System = system,
        Node = anomaly.Service,
        Edges = EdgesOf(anomaly.Service, anomaly.Point, anomaly.Match.MessageType, edges),
        Service = anomaly.Service,
        Instance = anomaly.Instance,
        Point = anomaly.Point,
        Kind = anomaly.Kind,
        Says = words.Of(anomaly.Kind, anomaly.Point),
        MessageType = anomaly.Match.MessageType,
        Trigger = anomaly.Trigger,
        Fired = anomaly.Fired,
        Matched = anomaly.Matched,
        CreatedAt = anomaly.CreatedAt,
        LastFiredAt = anomaly.LastFiredAt,
        ExpiresAt = anomaly.ExpiresAt,
        CreatedBy = anomaly.CreatedBy,
        Remove = new RemoveRequest("DELETE", $"/api/anomalies/{anomaly.Id}"),
    };

    private static ActiveFault OnLink(SystemSight sight, IReadOnlyList<(LinkView Link, LinkFaultView Fault)> parts, IReadOnlyList<MapEdge> edges)
    {
        (LinkView link, LinkFaultView fault) = parts[0];
        string name = $"{sight.System}/{link.Name}";
        int instances = sight.Links.Count(each => each.Name == link.Name);
        bool isPartition = fault.Name.StartsWith(PartitionPrefix, StringComparison.Ordinal);
        return new ActiveFault
        {
            Id = $"link:{name}/{fault.Name}",
            Layer = fault.IsHttp ? FaultLayer.HttpFault : FaultLayer.Toxic,
            System = sight.System,
            Edges = [.. edges.Where(edge => edge.Link == name).Select(edge => edge.Id)],
            Link = name,
            Instance = parts.Count < instances ? string.Join(", ", parts.Select(part => part.Link.Link)) : null,
            Kind = isPartition ? LinkFaultTable.Partition : fault.Kind,
            Says = fault.Says,
            Fired = parts.Sum(part => part.Fault.Acted),
            LastFiredAt = null,
            Remove = new RemoveRequest("DELETE", isPartition ? $"/api/partitions?name={Uri.EscapeDataString(Links.Partitions.NameIn(fault.Name))}" : $"/api/links/faults/{Uri.EscapeDataString(fault.Name)}?link={Uri.EscapeDataString(name)}"),
        };
    }

    /// <summary>The edges on which a fault inside a service is seen: where its pipeline meets the outside.</summary>
    private static IReadOnlyList<string> EdgesOf(string service, string point, string? type, IReadOnlyList<MapEdge> edges) => FaultPoints.Find(point)?.Pipeline switch
    {
        "publish" or "relay" => [.. edges.Where(edge => edge.Kind == EdgeKind.Publish && edge.From == service && (type is null || edge.MessageTypes.Contains(type))).Select(edge => edge.Id)],
        "consume" => [.. edges.Where(edge => edge.Kind == EdgeKind.Deliver && edge.To == service).Select(edge => edge.Id)],
        "transaction" => [.. edges.Where(edge => edge.Kind == EdgeKind.Store && edge.From == service).Select(edge => edge.Id)],
        "http" when point.StartsWith("http.re", StringComparison.Ordinal) && point != FaultPoints.HttpReceiveAfter.Name => [.. edges.Where(edge => edge.Kind == EdgeKind.Request && edge.To == service).Select(edge => edge.Id)],
        "http" => [.. edges.Where(edge => edge.Kind == EdgeKind.Request && edge.From == service).Select(edge => edge.Id)],
        _ => [],
    };
}
