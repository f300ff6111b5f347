using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>The log events of the queue transport.</summary>
internal static partial class QueueLog
{
    [LoggerMessage(2301, LogLevel.Information, "Instance {Instance} joined queue {Queue} as session {Session}")]
    public static partial void Joined(ILogger log, string instance, string queue, int session);

    [LoggerMessage(2302, LogLevel.Warning, "Instance {Instance} lost its session at queue {Queue} and joins again: {Why}")]
    public static partial void SessionLost(ILogger log, string instance, string queue, string why);

    [LoggerMessage(2303, LogLevel.Information, "Session {Session} of queue {Queue} took {Taken} partitions and gives up {Revoked}")]
    public static partial void Rebalanced(ILogger log, int session, string queue, int taken, int revoked);

    [LoggerMessage(2304, LogLevel.Warning, "Session {Session} of queue {Queue} was silent for longer than its lease and was ended")]
    public static partial void SilentSessionEnded(ILogger log, int session, string queue);

    [LoggerMessage(2305, LogLevel.Warning, "Consumers could not be woken, they will look by themselves: {Why}")]
    public static partial void WakeFailed(ILogger log, string why);

    [LoggerMessage(2306, LogLevel.Warning, "A broadcast to {Service} cannot be read and was dropped: {Why}")]
    public static partial void BroadcastDropped(ILogger log, string service, string why);

    [LoggerMessage(2307, LogLevel.Warning, "Session {Session} could not be closed properly, it ends with its connection: {Why}")]
    public static partial void CloseFailed(ILogger log, int session, string why);

    [LoggerMessage(2308, LogLevel.Warning, "Old events of streams could not be forgotten, it is tried again: {Why}")]
    public static partial void TrimFailed(ILogger log, string why);
}
