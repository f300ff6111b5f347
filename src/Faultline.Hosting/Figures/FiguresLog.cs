using Microsoft.Extensions.Logging;

namespace Faultline.Hosting.Figures;

/// <summary>What is told about reports, with numbers.</summary>
internal static partial class FiguresLog
{
    [LoggerMessage(3101, LogLevel.Warning, "The figures of this instance cannot be reported, and are dropped until they can: {Reason}")]
    public static partial void ReportFailed(ILogger log, string reason);

    [LoggerMessage(3102, LogLevel.Information, "The figures of this instance are reported again")]
    public static partial void ReportsArrive(ILogger log);

    [LoggerMessage(3103, LogLevel.Warning, "What waits for this service cannot be read, and is reported as it was before: {Reason}")]
    public static partial void ReadingFailed(ILogger log, string reason);

    [LoggerMessage(3104, LogLevel.Information, "What waits for this service is read again")]
    public static partial void ReadingWorks(ILogger log);
}
