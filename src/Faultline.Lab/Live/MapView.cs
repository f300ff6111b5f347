using Faultline.Lab.Control;
using Faultline.Lab.Supervisor;
using Faultline.Protocol.Faults;

namespace Faultline.Lab.Live;

/// <summary>What a node of the map stands for.</summary>
public enum NodeKind
{
    /// <summary>All clients of a system.</summary>
    Client,

    /// <summary>A service.</summary>
    Service,

    /// <summary>The queue of a consumer.</summary>
    Queue,

    /// <summary>The database of a service.</summary>
    Database,

    /// <summary>The server that the queues are on.</summary>
    Broker,
}

/// <summary>How a node does.</summary>
public enum NodeHealth
{
    /// <summary>All of its processes run and answer.</summary>
    Healthy,

    /// <summary>None answers yet, and some are being started.</summary>
    Starting,

    /// <summary>Some of its processes do not answer.</summary>
    Degraded,

    /// <summary>None of its processes answers.</summary>
    Down,

    /// <summary>This lab does not watch it.</summary>
    Unknown,
}

/// <summary>What flows on an edge.</summary>
public enum EdgeKind
{
    /// <summary>HTTP requests.</summary>
    Request,

    /// <summary>Messages from a service into the queue of a consumer.</summary>
    Publish,

    /// <summary>Messages from a queue to its consumer.</summary>
    Deliver,

    /// <summary>A service and its database.</summary>
    Store,
}

/// <summary>Where a fault acts.</summary>
public enum FaultLayer
{
    /// <summary>At a fault point inside a service.</summary>
    Anomaly,

    /// <summary>On the bytes of a link.</summary>
    Toxic,

    /// <summary>On the HTTP requests of a link.</summary>
    HttpFault,

    /// <summary>On a process.</summary>
    Disruption,

    /// <summary>The disruptor: on a process every so often.</summary>
    Disruptor,
}

/// <summary>One look at everything that runs, as a graph.</summary>
public sealed record MapView
{
    /// <summary>Rises with every change; the stream of events goes on from it.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was looked at.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the lab is busy with.</summary>
    public required LabPhase Phase { get; init; }

    /// <summary>The systems that run.</summary>
    public required IReadOnlyList<string> Systems { get; init; }

    /// <summary>Clients, services, queues, databases and brokers.</summary>
    public required IReadOnlyList<MapNode> Nodes { get; init; }

    /// <summary>What flows between them.</summary>
    public required IReadOnlyList<MapEdge> Edges { get; init; }

    /// <summary>All faults that act now.</summary>
    public required IReadOnlyList<ActiveFault> Faults { get; init; }

    /// <summary>What fired last, oldest first, at most 50.</summary>
    public required IReadOnlyList<FiredFault> Fired { get; init; }

    /// <summary>The experiment that is under way; null when none is.</summary>
    public RunView? Run { get; init; }
}

/// <summary>A node of the map.</summary>
public sealed record MapNode
{
    /// <summary>The service (<c>ticketflow/tickets</c>), its queue (<c>ticketflow/tickets#queue</c>) or database (<c>…#database</c>), <c>ticketflow/client</c>, <c>ticketflow/broker</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>What it stands for.</summary>
    public required NodeKind Kind { get; init; }

    /// <summary>Its short name.</summary>
    public required string Name { get; init; }

    /// <summary>How it does.</summary>
    public required NodeHealth Health { get; init; }

    /// <summary>Its processes.</summary>
    public IReadOnlyList<MapInstance> Instances { get; init; } = [];

    /// <summary>A service: whether it answers now; false when what only it knows is missing or old.</summary>
    public bool? Answers { get; init; }

    /// <summary>A service: the guards that are switched off.</summary>
    public IReadOnlyList<string> GuardsOff { get; init; } = [];

    /// <summary>A service: rows in its outbox.</summary>
    public long? Outbox { get; init; }

    /// <summary>A service: the age of the oldest of them, in seconds.</summary>
    public double? OutboxOldestSeconds { get; init; }

    /// <summary>A service: messages parked for a retry.</summary>
    public long? Parked { get; init; }

    /// <summary>A service: messages that wait for their time.</summary>
    public long? Scheduled { get; init; }

    /// <summary>A service: its dead letters.</summary>
    public long? DeadLetters { get; init; }

    /// <summary>A queue: the messages in it, delivered and not acknowledged ones included.</summary>
    public long? Depth { get; init; }

    /// <summary>A queue: the age of the oldest of them, in seconds.</summary>
    public double? OldestSeconds { get; init; }
}

/// <summary>A process of a node.</summary>
/// <param name="Target">Its name as a target of disruptions.</param>
/// <param name="State">What it does.</param>
/// <param name="Since">Since when.</param>
/// <param name="Restarts">How often it was started again after an end that nobody had asked for.</param>
/// <param name="Pid">The process, if one runs.</param>
/// <param name="Problem">Why it is not healthy, in words.</param>
/// <param name="CpuPercent">Percent of one core since the last look.</param>
/// <param name="PrivateBytes">Memory that is not shared with others.</param>
public sealed record MapInstance(string Target, ProcessState State, DateTimeOffset Since, int Restarts, int? Pid, string? Problem, double? CpuPercent, long? PrivateBytes);

/// <summary>An edge of the map.</summary>
public sealed record MapEdge
{
    /// <summary>The kind and both ends, as <c>publish:ticketflow/inquiries&gt;ticketflow/tickets#queue</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>What flows.</summary>
    public required EdgeKind Kind { get; init; }

    /// <summary>The node where it begins.</summary>
    public required string From { get; init; }

    /// <summary>The node where it ends.</summary>
    public required string To { get; init; }

    /// <summary>The link that it goes over, as faults on links name it; null in a lab without links.</summary>
    public string? Link { get; init; }

    /// <summary>The types of messages that flow here.</summary>
    public IReadOnlyList<string> MessageTypes { get; init; } = [];

    /// <summary>Requests or messages per second; null when not known.</summary>
    public double? PerSecond { get; init; }

    /// <summary>Those that failed, per second; null when not known.</summary>
    public double? FailedPerSecond { get; init; }

    /// <summary>Half took no longer, in milliseconds: requests until their reply, messages from publishing to the commit of their effect.</summary>
    public double? P50Ms { get; init; }

    /// <summary>95 of 100 took no longer, in milliseconds.</summary>
    public double? P95Ms { get; init; }

    /// <summary>Connections that are open on its link.</summary>
    public int? ConnectionsOpen { get; init; }

    /// <summary>Bytes per second on its link, both ways.</summary>
    public double? BytesPerSecond { get; init; }
}

/// <summary>The request that takes a fault away.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path.</param>
/// <param name="Body">The body; null for none.</param>
public sealed record RemoveRequest(string Method, string Path, IReadOnlyDictionary<string, string>? Body = null);

/// <summary>A fault that acts now, wherever it was set: by hand or by an experiment.</summary>
public sealed record ActiveFault
{
    /// <summary>Names it among all.</summary>
    public required string Id { get; init; }

    /// <summary>Where it acts.</summary>
    public required FaultLayer Layer { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>The node on which it acts; null for one on edges.</summary>
    public string? Node { get; init; }

    /// <summary>The edges on which it acts.</summary>
    public IReadOnlyList<string> Edges { get; init; } = [];

    /// <summary>The service, as <c>system/service</c>.</summary>
    public string? Service { get; init; }

    /// <summary>The link of the system.</summary>
    public string? Link { get; init; }

    /// <summary>The only instance that it hits; null for all.</summary>
    public string? Instance { get; init; }

    /// <summary>The fault point.</summary>
    public string? Point { get; init; }

    /// <summary>The kind of fault.</summary>
    public required string Kind { get; init; }

    /// <summary>What it does, in one sentence.</summary>
    public required string Says { get; init; }

    /// <summary>The only type of message that it hits; null for all.</summary>
    public string? MessageType { get; init; }

    /// <summary>When it fires; null for always.</summary>
    public TriggerSpec? Trigger { get; init; }

    /// <summary>How often it acted.</summary>
    public long Fired { get; init; }

    /// <summary>How much it looked at and found to match; null where nothing counts it.</summary>
    public long? Matched { get; init; }

    /// <summary>When it was set.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it acted last.</summary>
    public DateTimeOffset? LastFiredAt { get; init; }

    /// <summary>When it goes away by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who set it.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>The request that takes it away.</summary>
    public required RemoveRequest Remove { get; init; }
}

/// <summary>A fault that acted once.</summary>
public sealed record FiredFault
{
    /// <summary>Names it among all.</summary>
    public required string Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Which fault.</summary>
    public required string FaultId { get; init; }

    /// <summary>Where it acts.</summary>
    public required FaultLayer Layer { get; init; }

    /// <summary>The node on which it acted; null for one on edges.</summary>
    public string? Node { get; init; }

    /// <summary>The edges on which it acted.</summary>
    public IReadOnlyList<string> Edges { get; init; } = [];

    /// <summary>The kind of fault.</summary>
    public required string Kind { get; init; }

    /// <summary>What it did, in one sentence.</summary>
    public required string Says { get; init; }

    /// <summary>The fault point.</summary>
    public string? Point { get; init; }

    /// <summary>The service, as <c>system/service</c>.</summary>
    public string? Service { get; init; }

    /// <summary>The instance.</summary>
    public string? Instance { get; init; }

    /// <summary>The message that it hit.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>Its type; for HTTP method and path.</summary>
    public string? MessageType { get; init; }

    /// <summary>Its ordering key.</summary>
    public string? Key { get; init; }

    /// <summary>The client's operation that it belongs to.</summary>
    public string? OperationId { get; init; }
}

/// <summary>What has changed on the map since the change before.</summary>
public sealed record MapDelta
{
    /// <summary>The number of this change.</summary>
    public required long Sequence { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What the lab is busy with, when it changed.</summary>
    public LabPhase? Phase { get; init; }

    /// <summary>The systems that run, when they changed.</summary>
    public IReadOnlyList<string>? Systems { get; init; }

    /// <summary>New nodes and nodes that changed, whole.</summary>
    public IReadOnlyList<MapNode>? Nodes { get; init; }

    /// <summary>New edges and edges that changed, whole.</summary>
    public IReadOnlyList<MapEdge>? Edges { get; init; }

    /// <summary>The ids of nodes and edges that are gone.</summary>
    public IReadOnlyList<string>? Gone { get; init; }

    /// <summary>All faults that act now, when anything about them changed.</summary>
    public IReadOnlyList<ActiveFault>? Faults { get; init; }

    /// <summary>What has fired since.</summary>
    public IReadOnlyList<FiredFault>? Fired { get; init; }

    /// <summary>The experiment that is under way or has just ended, when something about it changed.</summary>
    public RunView? Run { get; init; }

    /// <summary>Whether the experiment has ended.</summary>
    public bool? RunOver { get; init; }
}
