using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Streams;

/// <summary>The log events of streams.</summary>
internal static partial class StreamLog
{
    [LoggerMessage(2501, LogLevel.Warning, "The projection {Projection} of the stream {Stream} is held up and tried again: {Why}")]
    public static partial void ProjectionHeldUp(ILogger log, string projection, string stream, string why);

    [LoggerMessage(2502, LogLevel.Error, "The event at offset {Offset} of the stream {Stream} is damaged and is passed over: {Why}")]
    public static partial void EventDamaged(ILogger log, long offset, string stream, string why);
}
