namespace Faultline.Lab.Telemetry;

/// <summary>Percentiles of counted durations.</summary>
internal static class Histograms
{
    /// <summary>The value below which a share lies, between the bounds of its bucket in proportion; null when there is none. Above the last bound it is that bound.</summary>
    public static double? Percentile(double[] bounds, long[] counts, double share)
    {
        long total = counts.Sum();
        if (total == 0 || bounds.Length == 0) return null;

        double wanted = share * total;
        long before = 0;
        for (int index = 0; index < counts.Length; index++)
        {
            if (before + counts[index] < wanted)
            {
                before += counts[index];
                continue;
            }

            if (index >= bounds.Length) return bounds[^1];

            double low = index == 0 ? 0 : bounds[index - 1];
            return counts[index] == 0 ? low : low + ((bounds[index] - low) * (wanted - before) / counts[index]);
        }

        return bounds[^1];
    }
}
