using Faultline.Protocol.Faults;
using Faultline.Triggers;

namespace Faultline.Anomalies;

/// <summary>What a fault point decided about one message or request.</summary>
public enum PassageFate
{
    /// <summary>The step happens.</summary>
    Go,

    /// <summary>Lost on the way: the step does not happen, and nobody is told that it did.</summary>
    Lost,

    /// <summary>Swallowed: the step does not happen, and is reported as done.</summary>
    ReportedDone,

    /// <summary>In a batch only: the step happens when <see cref="Passage.Release"/> completes; the others go first.</summary>
    Held,
}

/// <summary>
/// One message or HTTP request that passes a fault point. The pipeline makes one only when the point is armed, reads <see cref="Fate"/>, <see cref="Copies"/>,
/// <see cref="Storm"/>, <see cref="Body"/> and <see cref="Release"/> afterwards, and throws it away. Not safe for several threads at once.
/// </summary>
public sealed class Passage : IMatchSubject
{
    /// <inheritdoc />
    public Guid? MessageId { get; init; }

    /// <inheritdoc />
    public string? MessageType { get; init; }

    /// <inheritdoc />
    public string? Key { get; init; }

    /// <summary>The client's operation that it belongs to; decides random choices, so that a replay with the same operations draws the same.</summary>
    public string? OperationId { get; init; }

    /// <summary>Which attempt at this step, counted from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <inheritdoc />
    public string? Method { get; init; }

    /// <inheritdoc />
    public string? Path { get; init; }

    /// <summary>Headers of the message or request.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body as it travels. A fault that changes it puts a new one here and leaves the original array alone: others may hold it.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>What happens to it.</summary>
    public PassageFate Fate { get; set; }

    /// <summary>How many more times the step's message is sent or delivered, with the same id.</summary>
    public int Copies { get; set; }

    /// <summary>How many distinct extra messages of its type are injected here.</summary>
    public int Storm { get; set; }

    /// <summary>For <see cref="PassageFate.Held"/>: completes when it may go on, that is when later ones have passed, 5 s are over, or the anomaly is gone. Never fails.</summary>
    public Task Release { get; set; } = Task.CompletedTask;

    /// <summary>How many had been held at the point when it came.</summary>
    internal long Overtakes { get; set; }

    /// <summary>Whatever the pipeline wants to find again.</summary>
    public object? Item { get; init; }

    /// <summary>The type of a message; for HTTP the method and path. Never null, for lists that a person reads.</summary>
    internal string? Subject => MessageType ?? (Path is null ? null : $"{Method} {Path}");

    /// <inheritdoc />
    public string? Header(string name) => name == FaultHeaders.Operation ? OperationId : Headers is not null && Headers.TryGetValue(name, out string? value) ? value : null;
}
