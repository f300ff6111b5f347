using Microsoft.Extensions.Logging;

namespace Faultline.Anomalies;

/// <summary>What the fault points and the control state write to the log.</summary>
internal static partial class FaultLog
{
    [LoggerMessage(2001, LogLevel.Information, "Anomaly {Anomaly} fires: {Kind} at {Point} on {Count} passage(s), first {Subject} {MessageId}")]
    public static partial void Fires(ILogger log, Guid anomaly, string kind, string point, int count, string? subject, Guid? messageId);

    [LoggerMessage(2002, LogLevel.Warning, "{Failures} claim(s) of anomalies failed since the last report, so these faults did not act: the control store is not reachable")]
    public static partial void ClaimFailed(ILogger log, Exception error, long failures);

    [LoggerMessage(2003, LogLevel.Warning, "Anomaly {Anomaly} is not in force here: this instance does not know kind '{Kind}' at point '{Point}'")]
    public static partial void NotKnownHere(ILogger log, Guid anomaly, string kind, string point);

    [LoggerMessage(2004, LogLevel.Information, "Control state {Version} in force: {Anomalies} anomalies, guards off: {Off}")]
    public static partial void InForce(ILogger log, long version, int anomalies, string off);

    [LoggerMessage(2005, LogLevel.Warning, "Change {Version} of the control state could not be announced; other instances read it within {Within}")]
    public static partial void NotAnnounced(ILogger log, Exception error, long version, TimeSpan within);

    [LoggerMessage(2006, LogLevel.Warning, "The control state could not be read; version {Version} stays in force")]
    public static partial void NotRead(ILogger log, Exception error, long version);
}
