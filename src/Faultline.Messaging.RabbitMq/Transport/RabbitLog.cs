using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>The log events of the RabbitMQ transport.</summary>
internal static partial class RabbitLog
{
    [LoggerMessage(2401, LogLevel.Information, "Connected to RabbitMQ {Version} at {Host}:{Port}")]
    public static partial void Connected(ILogger log, string version, string host, int port);

    [LoggerMessage(2402, LogLevel.Information, "Instance {Instance} joined the consumers of {Service} as {Member}")]
    public static partial void Joined(ILogger log, string instance, string service, string member);

    [LoggerMessage(2403, LogLevel.Warning, "Instance {Instance} lost its connection to the queues of {Service} and joins again: {Why}")]
    public static partial void SessionLost(ILogger log, string instance, string service, string why);

    [LoggerMessage(2404, LogLevel.Warning, "Queue {Queue} is lost to its consumer and is opened again: {Why}")]
    public static partial void LaneLost(ILogger log, string queue, string why);

    [LoggerMessage(2405, LogLevel.Warning, "RabbitMQ takes no messages for now: {Reason}")]
    public static partial void Blocked(ILogger log, string reason);

    [LoggerMessage(2406, LogLevel.Information, "RabbitMQ takes messages again")]
    public static partial void Unblocked(ILogger log);

    [LoggerMessage(2407, LogLevel.Warning, "A broadcast to {Service} cannot be read and was dropped: {Why}")]
    public static partial void BroadcastDropped(ILogger log, string service, string why);

    [LoggerMessage(2408, LogLevel.Warning, "The other consumers of {Service} could not be told, it is tried again: {Why}")]
    public static partial void AnnounceFailed(ILogger log, string service, string why);

    [LoggerMessage(2409, LogLevel.Warning, "A connection could not be closed properly, the broker will notice: {Why}")]
    public static partial void CloseFailed(ILogger log, string why);

    [LoggerMessage(2410, LogLevel.Information, "Member {Member} of {Service} is gone")]
    public static partial void MemberGone(ILogger log, string member, string service);

    [LoggerMessage(2411, LogLevel.Information, "Member {Member} of {Service} gives up {Count} partitions")]
    public static partial void GivesUp(ILogger log, string member, string service, int count);

    [LoggerMessage(2412, LogLevel.Warning, "The exchanges and queues of {Service} were missing and are declared again")]
    public static partial void DeclaredAgain(ILogger log, string service);

    [LoggerMessage(2413, LogLevel.Warning, "The connection that sends to RabbitMQ ended: {Why}")]
    public static partial void LineLost(ILogger log, string why);

    [LoggerMessage(2415, LogLevel.Information, "The queues of {Services} are new; nothing is sent to them for {Seconds} s, until RabbitMQ has written down that it has them")]
    public static partial void Settling(ILogger log, string services, double seconds);

    [LoggerMessage(2414, LogLevel.Warning, "A message among the consumers of {Service} cannot be read: {Why}")]
    public static partial void StrangeWord(ILogger log, string service, string why);
}
