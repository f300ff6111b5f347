using System.Globalization;

namespace Faultline.Bench.Throughput.Measuring;

/// <summary>CPU seconds of processes, from /proc; children included, those that ended too.</summary>
internal static class CpuMeter
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux fixes for what it shows in /proc.

    /// <summary>What a process, its living children and its ended children used so far.</summary>
    public static double SecondsOf(int processId)
    {
        double seconds = Read(processId)?.OwnAndEnded ?? 0;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Read(id) is { } child && child.Parent == processId)
            {
                seconds += child.OwnAndEnded;
            }
        }

        return seconds;
    }

    private static (int Parent, double OwnAndEnded)? Read(int processId)
    {
        string text;
        try
        {
            text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        }
        catch (IOException)
        {
            return null; // It ended between the listing and now; its parent counts it from then on.
        }

        // The name, in brackets, may contain anything; the fields behind it are plain. proc(5): 4 parent, 14 to 17 user, system, children's user and system time.
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        double ticks = Enumerable.Range(11, 4).Sum(at => double.Parse(fields[at], CultureInfo.InvariantCulture));
        return (int.Parse(fields[1], CultureInfo.InvariantCulture), ticks / TicksPerSecond);
    }

    /// <summary>The parent of a process; null when there is no such process here.</summary>
    public static int? ParentOf(int processId) => Read(processId)?.Parent;
}
