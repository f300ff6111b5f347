using System.Globalization;

namespace Faultline.Lab.Processes;

/// <summary>One process for certain: a pid alone may be given to another process later, with its start time it cannot be mistaken.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTicks">When it started: clock ticks since boot (Linux), ticks of the start time elsewhere.</param>
public readonly record struct ProcessIdentity(int Pid, long StartTicks);

/// <summary>What a process uses.</summary>
/// <param name="PrivateBytes">Resident memory that is not shared with others.</param>
/// <param name="CpuTime">Processor time since its start.</param>
public readonly record struct ProcessUsage(long PrivateBytes, TimeSpan CpuTime);

/// <summary>Reads the system's table of processes.</summary>
internal static class ProcessTable
{
    private const int TicksPerSecond = 100; // USER_HZ, which Linux keeps at 100 towards programs.

    /// <summary>The boot of this system; a start time counts from it. Empty where the system does not tell.</summary>
    public static string BootId()
    {
        const string path = "/proc/sys/kernel/random/boot_id";
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }

    /// <summary>The identity of a running process; null when there is none, or only its remains (a zombie).</summary>
    public static ProcessIdentity? Find(int pid)
    {
        if (!OperatingSystem.IsLinux()) return FindElsewhere(pid);

        return ReadStat(pid) is { State: not 'Z' and not 'X' } stat ? new ProcessIdentity(pid, stat.StartTicks) : null;
    }

    /// <summary>Whether that very process still runs.</summary>
    public static bool IsRunning(ProcessIdentity process) => Find(process.Pid) == process;

    /// <summary>Whether the process stands still after SIGSTOP.</summary>
    public static bool IsStopped(int pid) => ReadStat(pid) is { State: 'T' or 't' };

    /// <summary>Memory and processor time of a process; null when it is gone or the system does not tell.</summary>
    public static ProcessUsage? UsageOf(int pid)
    {
        if (ReadStat(pid) is not { } stat || TryRead($"/proc/{pid}/statm") is not { } memory) return null;

        string[] pages = memory.Split(' ');
        long privatePages = Number(pages[1]) - Number(pages[2]); // Resident minus shared.
        return new ProcessUsage(privatePages * Environment.SystemPageSize, TimeSpan.FromSeconds((double)stat.CpuTicks / TicksPerSecond));
    }

    /// <summary>All processes whose program and working folder are these.</summary>
    public static IReadOnlyList<ProcessIdentity> RunningIn(string workingFolder, string programName)
    {
        if (!OperatingSystem.IsLinux()) return [];

        List<ProcessIdentity> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) continue;

            if (LinkTarget($"{folder}/cwd") == workingFolder
                && Path.GetFileName(LinkTarget($"{folder}/exe")) == programName
                && Find(pid) is { } identity)
            {
                found.Add(identity);
            }
        }

        return found;
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // Gone since it was listed, or of another user: not one of ours.
        }
    }

    private static Stat? ReadStat(int pid)
    {
        if (TryRead($"/proc/{pid}/stat") is not { } text) return null;

        // The name in parentheses may hold spaces and parentheses itself; fields are counted from its end.
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new Stat(fields[0][0], Number(fields[11]) + Number(fields[12]), Number(fields[19]));
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // The process ended: that is the answer.
        }
    }

    private static ProcessIdentity? FindElsewhere(int pid)
    {
        try
        {
            using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(pid);
            return new ProcessIdentity(pid, process.StartTime.Ticks);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null; // No such process, or it ended while it was looked at.
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private readonly record struct Stat(char State, long CpuTicks, long StartTicks);
}
