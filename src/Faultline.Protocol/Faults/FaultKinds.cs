namespace Faultline.Protocol.Faults;

/// <summary>The names of what an anomaly can do.</summary>
public static class FaultKinds
{
    /// <summary>Waits, then goes on.</summary>
    public const string Delay = "delay";

    /// <summary>Throws a fault exception, transient or not.</summary>
    public const string Exception = "exception";

    /// <summary>Waits until cancelled or removed.</summary>
    public const string Hang = "hang";

    /// <summary>The process dies at once, as by SIGKILL.</summary>
    public const string Crash = "crash";

    /// <summary>The step's message is lost on the way, and nobody is told that it arrived.</summary>
    public const string Drop = "drop";

    /// <summary>Destructive: the step is skipped and reported as done.</summary>
    public const string Swallow = "swallow";

    /// <summary>The step's message is sent or delivered again, with the same id.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>The message is held until later ones have passed.</summary>
    public const string Reorder = "reorder";

    /// <summary>The body changes on the wire.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>Distinct extra messages of the same type, marked as injected.</summary>
    public const string Storm = "storm";

    /// <summary>All kinds, in the order in which they are listed to a person.</summary>
    public static IReadOnlyList<string> All { get; } = [Delay, Exception, Hang, Crash, Drop, Swallow, Duplicate, Reorder, Corrupt, Storm];
}
