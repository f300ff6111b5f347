namespace Faultline.Lab.Telemetry;

/// <summary>One step of a trace, as a service told it.</summary>
public sealed record SpanRecord
{
    /// <summary>The trace, 32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>The step, 16 hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    /// <summary>The step that it is a part of; null for the first one.</summary>
    public string? ParentId { get; init; }

    /// <summary>The service, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The instance.</summary>
    public string? Instance { get; init; }

    /// <summary>What is done.</summary>
    public required string Name { get; init; }

    /// <summary>internal, server, client, producer or consumer.</summary>
    public required string Kind { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required double DurationMs { get; init; }

    /// <summary>Whether it failed.</summary>
    public bool Failed { get; init; }

    /// <summary>The message that it handles; null where there is none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The type of that message.</summary>
    public string? MessageType { get; init; }

    /// <summary>The client's operation.</summary>
    public string? OperationId { get; init; }
}

/// <summary>What a service measured since it told last.</summary>
internal sealed class MetricPoint
{
    public required string Service { get; init; }

    public string? Instance { get; init; }

    /// <summary>The instrument.</summary>
    public required string Name { get; init; }

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    public DateTimeOffset From { get; init; }

    public DateTimeOffset To { get; init; }

    /// <summary>A counter: by how much it rose; a gauge: what it shows; a histogram: how many values there were.</summary>
    public double Value { get; init; }

    public bool IsGauge { get; init; }

    /// <summary>A histogram: the upper bounds of its buckets; the last bucket has none.</summary>
    public IReadOnlyList<double>? Bounds { get; init; }

    /// <summary>A histogram: the values in each bucket.</summary>
    public IReadOnlyList<long>? Counts { get; init; }
}
