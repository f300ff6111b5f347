using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Protocol.Services;

/// <summary>A message type as a service declares it.</summary>
/// <param name="Type">The stable type name.</param>
/// <param name="Version">The version, from 1.</param>
public sealed record MessageContract(string Type, int Version);

/// <summary>What a service really has: an experiment or the workbench may name nothing else.</summary>
/// <param name="Service">As <c>system/service</c>.</param>
/// <param name="Publishes">What it publishes.</param>
/// <param name="Consumes">What it consumes.</param>
/// <param name="Points">The names of its fault points.</param>
/// <param name="Kinds">The names of the kinds that it knows.</param>
/// <param name="Guards">Its guards.</param>
public sealed record ServiceDescription(
    string Service, IReadOnlyList<MessageContract> Publishes, IReadOnlyList<MessageContract> Consumes,
    IReadOnlyList<string> Points, IReadOnlyList<string> Kinds, IReadOnlyList<GuardDescription> Guards)
{
    /// <summary>The services that it calls over HTTP, as <c>system/service</c>: each call goes over a link.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>Those of <see cref="Points"/> that the application declares itself.</summary>
    public IReadOnlyList<FaultPoint> OwnPoints { get; init; } = [];

    /// <summary>Finds a fault point of this service.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The point, or null when the service has none of that name.</returns>
    public FaultPoint? FindPoint(string name) => !Points.Contains(name) ? null : OwnPoints.FirstOrDefault(point => point.Name == name) ?? FaultPoints.Find(name);

    /// <summary>Whether it is a program of the user's own, which the lab sees from outside only: it has no fault points and no messaging, and its guards are switched by its environment.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether it runs without the lab, which then cannot take it down.</summary>
    public bool IsAttached { get; init; }

    /// <summary>Whether clients and other services can reach it.</summary>
    public bool Listens { get; init; } = true;

    /// <summary>Whether what it listens for is HTTP.</summary>
    public bool IsHttp { get; init; } = true;

    /// <summary>Whether it has a database on the lab's server.</summary>
    public bool HasDatabase { get; init; } = true;

    /// <summary>The servers outside the system that it reaches over links.</summary>
    public IReadOnlyList<UpstreamDescription> Upstreams { get; init; } = [];
}

/// <summary>A server outside the system.</summary>
/// <param name="Name">What the link to it ends with.</param>
/// <param name="Address">Host and port.</param>
/// <param name="IsHttp">Whether it speaks HTTP.</param>
public sealed record UpstreamDescription(string Name, string Address, bool IsHttp);

/// <summary>How much is under way in one service's messaging, from its database and its queue.</summary>
public sealed record MessagingState
{
    /// <summary>The service, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>Rows in the outbox.</summary>
    public long Outbox { get; init; }

    /// <summary>The age of the oldest row in the outbox, in seconds; null when there is none.</summary>
    public double? OutboxOldestSeconds { get; init; }

    /// <summary>Scheduled messages that wait for their time.</summary>
    public long Scheduled { get; init; }

    /// <summary>When the next scheduled message is due.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>Messages in the service's queue at the broker, delivered and not acknowledged ones included.</summary>
    public long Queue { get; init; }

    /// <summary>The age of the oldest of them, in seconds; null when there is none.</summary>
    public double? QueueOldestSeconds { get; init; }

    /// <summary>Messages parked for a retry.</summary>
    public long Parked { get; init; }

    /// <summary>Dead letters.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Deliveries that this instance has in hand.</summary>
    public long InHand { get; init; }

    /// <summary>Rises with every committed audit row; two equal readings with nothing under way mean that the service is quiet.</summary>
    public long AuditPosition { get; init; }

    /// <summary>Messages injected by storms and acknowledged.</summary>
    public long Injected { get; init; }
}

/// <summary>A dead letter as a person sees it.</summary>
public sealed record DeadLetterView
{
    /// <summary>Identifies the dead letter in its service.</summary>
    public required long Id { get; init; }

    /// <summary>The service, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The message.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Its type; empty when unknown.</summary>
    public required string Type { get; init; }

    /// <summary>Its version.</summary>
    public int Version { get; init; }

    /// <summary>Its ordering key.</summary>
    public string? Key { get; init; }

    /// <summary>The client's operation.</summary>
    public string? OperationId { get; init; }

    /// <summary>Why it is here.</summary>
    public required string Reason { get; init; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>One line per attempt, oldest first.</summary>
    public required IReadOnlyList<string> History { get; init; }

    /// <summary>When it came here, UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The body as text; base64 when it is no UTF-8.</summary>
    public string? Body { get; init; }
}
