using System.Diagnostics;

namespace Faultline.Bench.Throughput.Measuring;

/// <summary>Exact percentiles of all measured times, in milliseconds.</summary>
internal sealed record Latency(int Count, double MeanMs, double P50Ms, double P90Ms, double P95Ms, double P99Ms, double P999Ms, double MaxMs)
{
    public static Latency Of(IEnumerable<long> ticks)
    {
        double[] sorted = [.. ticks.Select(tick => tick * 1000.0 / Stopwatch.Frequency).Order()];
        return sorted.Length == 0
            ? new Latency(0, 0, 0, 0, 0, 0, 0, 0)
            : new Latency(sorted.Length, sorted.Average(), At(sorted, 0.5), At(sorted, 0.9), At(sorted, 0.95), At(sorted, 0.99), At(sorted, 0.999), sorted[^1]);
    }

    // Nearest rank: the smallest value that at least the given part of all values does not exceed.
    private static double At(double[] sorted, double part) => Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)], 3);
}
