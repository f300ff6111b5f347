using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Faultline.Bench.ProxySpeed;

/// <summary>What one run of wrk measured.</summary>
internal sealed record WrkResult(double RequestsPerSecond, double P50Microseconds, double P99Microseconds, long Requests);

/// <summary>Runs wrk.</summary>
internal static partial class Wrk
{
    public static async Task<WrkResult> RunAsync(int port, string path, int seconds)
    {
        var start = new ProcessStartInfo("wrk", ["-t1", "-c16", $"-d{seconds}", "--latency", $"http://127.0.0.1:{port}/{path}"]) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process wrk = Process.Start(start)!;
        string output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal)) throw new InvalidOperationException($"wrk met errors:\n{output}");

        return new WrkResult(
            double.Parse(Rate().Match(output).Groups["value"].Value, CultureInfo.InvariantCulture), Latency(output, "50%"), Latency(output, "99%"),
            long.Parse(Count().Match(output).Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    private static double Latency(string output, string percentile)
    {
        Match match = Regex.Match(output, $@"^\s+{percentile}\s+(?<value>[\d.]+)(?<unit>us|ms|s)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        double factor = match.Groups["unit"].Value switch { "us" => 1, "ms" => 1000, _ => 1_000_000 };
        return double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture) * factor;
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<value>[\d.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"(?<value>\d+) requests in", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Count();
}
