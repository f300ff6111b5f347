namespace Faultline.Lab.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Code">The exit code; 128 plus the signal's number when a signal ended it.</param>
/// <param name="At">When the lab noticed.</param>
public sealed record ProcessExit(int Code, DateTimeOffset At)
{
    private const int SignalBase = 128;
    private const int SignalNumberMax = 64;

    /// <summary>The name of the signal that ended it, such as SIGKILL; null when it ended by itself.</summary>
    public string? Signal => Code is > SignalBase and <= SignalBase + SignalNumberMax ? Signals.NameOf(Code - SignalBase) : null;

    /// <summary>In words, such as "exit code 3" or "SIGKILL (137)".</summary>
    public override string ToString() => Signal is { } signal ? $"{signal} ({Code})" : $"exit code {Code}";
}
