using System.Text.Json.Serialization;

namespace Faultline.Protocol.Ledger;

/// <summary>What a row of the ledger states about a message.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LedgerFact>))]
public enum LedgerFact
{
    /// <summary>Audit: a business transaction that publishes this message has committed.</summary>
    Published,

    /// <summary>Audit: a business transaction that schedules this message has committed.</summary>
    Scheduled,

    /// <summary>Audit: a business transaction that takes a scheduled message back has committed.</summary>
    Cancelled,

    /// <summary>Audit: a handler's transaction for this message has committed: one effect.</summary>
    Handled,

    /// <summary>The message is in the inbox of this consumer: taken for handled.</summary>
    Inbox,

    /// <summary>The message waits in the outbox of this service.</summary>
    Outbox,

    /// <summary>The message waits in the schedule of this service.</summary>
    ScheduleWaiting,

    /// <summary>The message is parked at this consumer for a retry.</summary>
    Parked,

    /// <summary>The message is among the dead letters of this consumer.</summary>
    DeadLettered,

    /// <summary>The message was discarded from the dead letters by a person.</summary>
    Discarded,
}

/// <summary>One fact about one message, from the durable state of one service. Never from telemetry.</summary>
public sealed record LedgerRow
{
    /// <summary>Whose database states it, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>What is stated.</summary>
    public required LedgerFact Fact { get; init; }

    /// <summary>The message.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Its stable type name; empty when it cannot be known (an undecodable dead letter).</summary>
    public string Type { get; init; } = "";

    /// <summary>Its version; 0 when it cannot be known.</summary>
    public int Version { get; init; }

    /// <summary>Its ordering key; null when it has none.</summary>
    public string? Key { get; init; }

    /// <summary>The message whose handling published it; null when a request did.</summary>
    public Guid? CausationId { get; init; }

    /// <summary>The client's operation at the root of the chain; null when unknown.</summary>
    public string? OperationId { get; init; }

    /// <summary>Published and Handled: rises in the order of commits within a key and service. 0 for other facts.</summary>
    public long Position { get; init; }

    /// <summary>Which attempt, counted from 1; for Parked and DeadLettered how many were made.</summary>
    public int Attempt { get; init; }

    /// <summary>The instance that acted.</summary>
    public string? Instance { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Whether a storm injected the message; such messages have no business effect.</summary>
    public bool Injected { get; init; }

    /// <summary>Parked and DeadLettered: why.</summary>
    public string? Reason { get; init; }
}

/// <summary>Where a published type goes: one binding of the declared topology.</summary>
/// <param name="Publisher">The publishing service, as <c>system/service</c>.</param>
/// <param name="Type">The stable type name.</param>
/// <param name="Consumer">A service that consumes it.</param>
public sealed record Route(string Publisher, string Type, string Consumer);
