namespace Faultline.Lab.Supervisor;

/// <summary>How long to wait before a process that ended unasked is started again.</summary>
internal static class RestartPolicy
{
    public static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(10);

    /// <summary>A process that was healthy for as long as this has a clean slate.</summary>
    public static readonly TimeSpan HealthyForReset = TimeSpan.FromSeconds(30);

    /// <summary>The number of failures in a row after one more end.</summary>
    public static int FailuresAfter(int failuresBefore, TimeSpan healthyFor) => healthyFor >= HealthyForReset ? 1 : failuresBefore + 1;

    /// <summary>200 ms after the first failure, twice as long after each further one, up to a limit.</summary>
    public static TimeSpan DelayAfter(int failures, TimeSpan max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        double milliseconds = DelayMin.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 16));
        return TimeSpan.FromMilliseconds(Math.Min(milliseconds, max.TotalMilliseconds));
    }
}
