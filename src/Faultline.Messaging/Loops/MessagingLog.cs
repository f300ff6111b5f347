using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Loops;

/// <summary>All log events of the messaging core, with their numbers.</summary>
internal static partial class MessagingLog
{
    [LoggerMessage(2001, LogLevel.Error, "A loop of the messaging core failed and is started anew")]
    public static partial void LoopFailed(ILogger log, Exception error);

    [LoggerMessage(2101, LogLevel.Information, "{Instance} leads the relay and the schedule of this database")]
    public static partial void Leads(ILogger log, string instance);

    [LoggerMessage(2102, LogLevel.Information, "{Instance} leads no more")]
    public static partial void LeadsNoMore(ILogger log, string instance);

    [LoggerMessage(2103, LogLevel.Warning, "The relay could not reach the store: {Reason}")]
    public static partial void RelayStoreAway(ILogger log, string reason);

    [LoggerMessage(2104, LogLevel.Warning, "A send of {Messages} messages has an unknown outcome and is repeated: {Reason}")]
    public static partial void SendUnknown(ILogger log, int messages, string reason);

    [LoggerMessage(2105, LogLevel.Error, "{Messages} messages of types {Types} have no queue and are among the dead letters")]
    public static partial void Unroutable(ILogger log, int messages, string types);

    [LoggerMessage(2106, LogLevel.Warning, "Scheduled messages could not be published and are tried again: {Reason}")]
    public static partial void ScheduleFailed(ILogger log, string reason);

    [LoggerMessage(2201, LogLevel.Information, "{Instance} owns partitions {Partitions}")]
    public static partial void Owns(ILogger log, string instance, string partitions);

    [LoggerMessage(2202, LogLevel.Warning, "Message {MessageId} of type {Type} failed at attempt {Attempt}: {Reason}")]
    public static partial void HandlingFailed(ILogger log, Guid? messageId, string? type, int attempt, string reason);

    [LoggerMessage(2203, LogLevel.Error, "Message {MessageId} of type {Type} is among the dead letters: {Reason}")]
    public static partial void DeadLettered(ILogger log, Guid? messageId, string? type, string reason);

    [LoggerMessage(2204, LogLevel.Warning, "Settling message {MessageId} failed and is repeated: {Reason}")]
    public static partial void SettleFailed(ILogger log, Guid? messageId, string reason);

    [LoggerMessage(2205, LogLevel.Warning, "An acknowledgement of {Messages} messages failed; they will be delivered again: {Reason}")]
    public static partial void AckFailed(ILogger log, int messages, string reason);

    [LoggerMessage(2206, LogLevel.Warning, "The store was away while {Messages} messages were handled: {Reason}")]
    public static partial void StoreAway(ILogger log, int messages, string reason);

    [LoggerMessage(2207, LogLevel.Warning, "Partitions {Partitions} belong to another instance: the transaction is undone")]
    public static partial void Fenced(ILogger log, string partitions);

    [LoggerMessage(2208, LogLevel.Warning, "A direct publish failed, and with the outbox guard off nobody repeats it: {Reason}")]
    public static partial void DirectPublishFailed(ILogger log, string reason);

    [LoggerMessage(2209, LogLevel.Warning, "The broadcast queue could not be opened or broke: {Reason}")]
    public static partial void BroadcastAway(ILogger log, string reason);
}
