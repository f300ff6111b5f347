using System.Text.Json;
using Faultline.Protocol.Histories;

namespace Faultline.Verification.Histories;

/// <summary>One line of a history file: an operation begins, or it ends. Two lines rather than one, so that a crash of the lab keeps what was under way.</summary>
internal sealed record HistoryLine
{
    public const string InvokedEvent = "invoked";
    public const string EndedEvent = "ended";

    public required string Event { get; init; }

    public required long Index { get; init; }

    public required DateTimeOffset At { get; init; }

    public int? Process { get; init; }

    public string? Name { get; init; }

    public string? OperationId { get; init; }

    public string? Phase { get; init; }

    public JsonElement? Arguments { get; init; }

    public Outcome? Outcome { get; init; }

    public string? Subject { get; init; }

    public int? Attempts { get; init; }

    public JsonElement? Reply { get; init; }

    public string? Error { get; init; }

    public string? Trace { get; init; }

    public static HistoryLine Invoked(OperationRecord operation) => new()
    {
        Event = InvokedEvent,
        Index = operation.Index,
        At = operation.InvokedAt,
        Process = operation.Process,
        Name = operation.Name,
        OperationId = operation.OperationId,
        Phase = operation.Phase,
        Subject = operation.Subject,
        Arguments = operation.Arguments,
    };

    public static HistoryLine Ended(OperationRecord operation) => new()
    {
        Event = EndedEvent,
        Index = operation.Index,
        At = operation.EndedAt ?? operation.InvokedAt,
        Outcome = operation.Outcome,
        Subject = operation.Subject,
        Attempts = operation.Attempts,
        Reply = operation.Reply,
        Error = operation.Error,
        Trace = operation.Trace,
    };

    /// <summary>The operation as it stands after its first line; null when the line lacks what an operation needs.</summary>
    public OperationRecord? ToOpen() => Name is null || OperationId is null ? null : new()
    {
        Index = Index,
        Process = Process ?? 0,
        Name = Name,
        OperationId = OperationId,
        Subject = Subject,
        Arguments = Arguments,
        InvokedAt = At,
        Outcome = Protocol.Histories.Outcome.Open,
        Phase = Phase,
    };

    public OperationRecord End(OperationRecord open) => open with
    {
        EndedAt = At,
        Outcome = Outcome ?? Protocol.Histories.Outcome.Unknown,
        Subject = Subject ?? open.Subject,
        Attempts = Attempts ?? 1,
        Reply = Reply,
        Error = Error,
        Trace = Trace,
    };
}
