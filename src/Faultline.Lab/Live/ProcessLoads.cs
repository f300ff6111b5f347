using Faultline.Lab.Supervisor;

namespace Faultline.Lab.Live;

/// <summary>How busy processes are: read once in two seconds, because each look reads files of the system. Not thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class ProcessLoads(TimeProvider time)
{
    private const long Megabyte = 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Load> _loads = [];

    private sealed record Load(int Pid, long At, TimeSpan Cpu, double? Percent, long Bytes, ProcessStatus Status);

    /// <summary>One look at a process, with percent of a core and memory in whole megabytes.</summary>
    public MapInstance Of(SupervisedProcess process)
    {
        Load? before = _loads.GetValueOrDefault(process.Target);
        bool isFresh = before is not null && time.GetElapsedTime(before.At) < Pause && before.Status.State == process.State;
        ProcessStatus status = isFresh ? before!.Status : process.Status();
        if (!isFresh && status is { Pid: { } pid, Usage: { } usage }) _loads[process.Target] = Measure(before, pid, usage, status);
        else if (!isFresh) _loads.Remove(process.Target);
        Load? now = status.Pid is null ? null : _loads.GetValueOrDefault(process.Target);
        return new MapInstance(status.Target, status.State, status.Since, status.Restarts, status.Pid, status.Problem, now?.Percent, now?.Bytes);
    }

    /// <summary>Forgets processes that are gone.</summary>
    public void Keep(IReadOnlySet<string> targets)
    {
        foreach (string gone in _loads.Keys.Where(target => !targets.Contains(target)).ToArray()) _loads.Remove(gone);
    }

    private Load Measure(Load? before, int pid, Processes.ProcessUsage usage, ProcessStatus status)
    {
        long now = time.GetTimestamp();
        double? percent = before?.Pid == pid ? before.Percent : null;
        if (before?.Pid == pid && time.GetElapsedTime(before.At, now) is { TotalSeconds: > 0.5 } span) percent = Math.Round(Math.Max(0, (usage.CpuTime - before.Cpu) / span * 100));
        return new Load(pid, now, usage.CpuTime, percent, usage.PrivateBytes / Megabyte * Megabyte, status);
    }
}
