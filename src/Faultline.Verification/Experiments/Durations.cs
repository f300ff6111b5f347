using System.Globalization;
using System.Text.RegularExpressions;

namespace Faultline.Verification.Experiments;

/// <summary>Durations as people write them: <c>500ms</c>, <c>2s</c>, <c>1m30s</c>, <c>1h</c>.</summary>
internal static partial class Durations
{
    [GeneratedRegex("^(?:(?<h>[0-9]+(?:\\.[0-9]+)?)h)?(?:(?<m>[0-9]+(?:\\.[0-9]+)?)m)?(?:(?<s>[0-9]+(?:\\.[0-9]+)?)s)?(?:(?<ms>[0-9]+(?:\\.[0-9]+)?)ms)?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern { get; }

    public static TimeSpan? Read(string text)
    {
        Match match = Pattern.Match(text);
        if (text.Length == 0 || text.Length > 40 || !match.Success) return null;

        double milliseconds = Part(match, "h") * 3_600_000 + Part(match, "m") * 60_000 + Part(match, "s") * 1_000 + Part(match, "ms");
        return milliseconds <= TimeSpan.FromDays(30).TotalMilliseconds ? TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond)) : null;
    }

    /// <summary>The shortest text that reads back as the same duration.</summary>
    public static string Write(TimeSpan time) =>
        time == TimeSpan.Zero ? "0s"
        : time.Ticks % TimeSpan.TicksPerHour == 0 ? $"{time.Ticks / TimeSpan.TicksPerHour}h"
        : time.Ticks % TimeSpan.TicksPerMinute == 0 ? $"{time.Ticks / TimeSpan.TicksPerMinute}m"
        : time.Ticks % TimeSpan.TicksPerSecond == 0 ? $"{time.Ticks / TimeSpan.TicksPerSecond}s"
        : ((decimal)time.Ticks / TimeSpan.TicksPerMillisecond).ToString("0.####", CultureInfo.InvariantCulture) + "ms";

    private static double Part(Match match, string name) => match.Groups[name].Success ? double.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : 0;
}
