using System.Text.Json;
using System.Text.Json.Serialization;

namespace Faultline.Protocol.Histories;

/// <summary>The three endings of an operation, and the one that is still open.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
public enum Outcome
{
    /// <summary>Invoked, no end seen: the client died, or the history was cut. Judged like <see cref="Unknown"/>.</summary>
    Open,

    /// <summary>Acknowledged.</summary>
    Ok,

    /// <summary>Certainly not done, and never will be.</summary>
    Failed,

    /// <summary>A timeout or a cut connection on a write: it may have happened, or may happen yet.</summary>
    Unknown,
}

/// <summary>One operation of a workload's client.</summary>
public sealed record OperationRecord
{
    /// <summary>Position in the history, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>Which of the client's concurrent processes did it.</summary>
    public required int Process { get; init; }

    /// <summary>The name of the operation in its workload, for example <c>submit</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The id that travels in headers with everything the operation causes. A repeat of an operation whose outcome is unknown keeps it.</summary>
    public required string OperationId { get; init; }

    /// <summary>What it is about, for example the id of an inquiry; null while unknown.</summary>
    public string? Subject { get; init; }

    /// <summary>What was asked.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>When invoked, UTC.</summary>
    public required DateTimeOffset InvokedAt { get; init; }

    /// <summary>When it ended, UTC; null while open.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>How many times the client sent it.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>What was answered.</summary>
    public JsonElement? Reply { get; init; }

    /// <summary>The trace that all its attempts share; null for none.</summary>
    public string? Trace { get; init; }

    /// <summary>Why it failed or is unknown.</summary>
    public string? Error { get; init; }

    /// <summary>The phase of the run in which it was invoked.</summary>
    public string? Phase { get; init; }
}
