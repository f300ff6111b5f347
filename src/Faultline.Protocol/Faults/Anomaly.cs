namespace Faultline.Protocol.Faults;

/// <summary>What an anomaly does in detail; which of these a kind reads is in the kind's description.</summary>
public sealed record AnomalyParameters
{
    /// <summary><c>delay</c>: how long to wait, in milliseconds; 0 to 600,000.</summary>
    public int? DelayMs { get; init; }

    /// <summary><c>delay</c>: up to this many milliseconds more or less, drawn from the seed; 0 to <see cref="DelayMs"/>.</summary>
    public int? JitterMs { get; init; }

    /// <summary><c>exception</c>: whether trying again can help; default true.</summary>
    public bool? Transient { get; init; }

    /// <summary><c>exception</c>: the text of the exception.</summary>
    public string? Message { get; init; }

    /// <summary><c>duplicate</c>: how many more times; 1 to 100, default 1.</summary>
    public int? Copies { get; init; }

    /// <summary><c>reorder</c>: how many later messages go first; 1 to 1,000, default 1.</summary>
    public int? Hold { get; init; }

    /// <summary><c>corrupt</c>: <c>truncate</c>, <c>flip</c> (default) or <c>garbage</c>.</summary>
    public string? Mode { get; init; }

    /// <summary><c>storm</c>: how many extra messages; 1 to 10,000, default 10.</summary>
    public int? Count { get; init; }
}

/// <summary>Which messages or requests a fault looks at; a field that is absent matches everything.</summary>
public sealed record MatchSpec
{
    /// <summary>The stable type name of a message.</summary>
    public string? MessageType { get; init; }

    /// <summary>The ordering key of a message.</summary>
    public string? Key { get; init; }

    /// <summary>The id of one message.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>Headers that must be there with exactly these values.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>HTTP method, in any case.</summary>
    public string? Method { get; init; }

    /// <summary>HTTP path; a trailing <c>*</c> matches any rest.</summary>
    public string? Path { get; init; }
}

/// <summary>When a fault fires; exactly one field is set. Absent altogether means always.</summary>
public sealed record TriggerSpec
{
    /// <summary>The first match only.</summary>
    public bool? Once { get; init; }

    /// <summary>The k-th match only; at least 1.</summary>
    public long? Nth { get; init; }

    /// <summary>The first n matches; at least 1.</summary>
    public long? First { get; init; }

    /// <summary>Every k-th match; at least 1.</summary>
    public long? Every { get; init; }

    /// <summary>A match fires with this chance, above 0 and at most 1.</summary>
    public double? Probability { get; init; }

    /// <summary>Every match inside a window of time.</summary>
    public WindowSpec? While { get; init; }
}

/// <summary>A span of time in which a fault is active.</summary>
/// <param name="From">Start, inclusive; null means from the beginning.</param>
/// <param name="Until">End, exclusive; null means without end.</param>
public sealed record WindowSpec(DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>What somebody asks for when placing an anomaly.</summary>
public sealed record AnomalyRequest
{
    /// <summary>The id, or null for one that the service draws. Placing the same id with the same content again changes nothing.</summary>
    public Guid? Id { get; init; }

    /// <summary>The service, as <c>system/service</c>; optional where the address already says it.</summary>
    public string? Service { get; init; }

    /// <summary>Narrows the anomaly to one instance.</summary>
    public string? Instance { get; init; }

    /// <summary>A name from <see cref="FaultPoints"/>.</summary>
    public string? Point { get; init; }

    /// <summary>A name from <see cref="FaultKinds"/>.</summary>
    public string? Kind { get; init; }

    /// <summary>Details of the kind.</summary>
    public AnomalyParameters? Parameters { get; init; }

    /// <summary>Which messages.</summary>
    public MatchSpec? Match { get; init; }

    /// <summary>When it fires; null means on every match.</summary>
    public TriggerSpec? Trigger { get; init; }

    /// <summary>When it goes away by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Decides every random choice of this anomaly; null means one that the service draws and shows.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Who placed it, for the list; at most 100 characters.</summary>
    public string? CreatedBy { get; init; }
}

/// <summary>An anomaly that is set, with its counters over all instances of the service.</summary>
public sealed record Anomaly
{
    /// <summary>The id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The service, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The only instance it fires on, or null for all.</summary>
    public string? Instance { get; init; }

    /// <summary>A name from <see cref="FaultPoints"/>.</summary>
    public required string Point { get; init; }

    /// <summary>A name from <see cref="FaultKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Details of the kind, defaults filled in.</summary>
    public required AnomalyParameters Parameters { get; init; }

    /// <summary>Which messages.</summary>
    public required MatchSpec Match { get; init; }

    /// <summary>When it fires; null means on every match.</summary>
    public TriggerSpec? Trigger { get; init; }

    /// <summary>When it goes away by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Decides every random choice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Who placed it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was placed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Position in creation order: several anomalies on one point act in this order.</summary>
    public required long Order { get; init; }

    /// <summary>How many messages it looked at and found to match.</summary>
    public long Matched { get; init; }

    /// <summary>How often it acted.</summary>
    public long Fired { get; init; }

    /// <summary>When it acted last.</summary>
    public DateTimeOffset? LastFiredAt { get; init; }
}

/// <summary>The durable record of one firing: committed before the fault took effect.</summary>
/// <param name="Id">Position in the service's own sequence of firings.</param>
/// <param name="AnomalyId">Which anomaly.</param>
/// <param name="Service">The service, as <c>system/service</c>.</param>
/// <param name="Instance">The instance that it hit.</param>
/// <param name="Point">Where.</param>
/// <param name="Kind">What.</param>
/// <param name="Match">Which match of the anomaly this was, counted from 1.</param>
/// <param name="MessageId">The message it hit, or null for an HTTP request without one.</param>
/// <param name="MessageType">Its type; for HTTP the method and path.</param>
/// <param name="Key">Its ordering key.</param>
/// <param name="OperationId">The client's operation that it belongs to.</param>
/// <param name="Attempt">Which attempt at handling it, counted from 1.</param>
/// <param name="At">When, UTC.</param>
public sealed record Firing(
    long Id, Guid AnomalyId, string Service, string Instance, string Point, string Kind, long Match,
    Guid? MessageId, string? MessageType, string? Key, string? OperationId, int Attempt, DateTimeOffset At);
