using Microsoft.Extensions.Logging;

namespace Faultline.Lab.Live;

internal static partial class LiveLog
{
    [LoggerMessage(4101, LogLevel.Debug, "A look at the systems failed; the next one follows")]
    public static partial void LookFailed(ILogger log, Exception error);
}
