using System.Globalization;

namespace Faultline.Verification.Schedules;

/// <summary>How far a run has come, as moments look at it.</summary>
/// <param name="SinceLoad">Time since the load began; negative before it.</param>
/// <param name="Operations">Operations of the experiment that have been invoked.</param>
/// <param name="PhasesBegun">The phases that have begun.</param>
public readonly record struct Progress(TimeSpan SinceLoad, long Operations, IReadOnlyCollection<string> PhasesBegun);

/// <summary>A point in a run: a time after the load began, a number of operations, or the begin of a phase. Exactly one is set.</summary>
public sealed record Moment
{
    private Moment()
    {
    }

    /// <summary>The begin of the load: when a fault starts that says nothing else.</summary>
    public static Moment BeginOfLoad { get; } = OnPhase(Phases.Load);

    /// <summary>Time after the begin of the load.</summary>
    public TimeSpan? Time { get; private init; }

    /// <summary>Operations invoked.</summary>
    public long? Operations { get; private init; }

    /// <summary>A phase begins; a name from <see cref="Phases"/>.</summary>
    public string? Phase { get; private init; }

    /// <summary>A time after the begin of the load.</summary>
    /// <param name="time">At least 0.</param>
    public static Moment At(TimeSpan time) => new() { Time = time };

    /// <summary>After a number of operations was invoked.</summary>
    /// <param name="operations">At least 1.</param>
    public static Moment AfterOperations(long operations) => new() { Operations = operations };

    /// <summary>When a phase begins.</summary>
    /// <param name="phase">A name from <see cref="Phases"/>.</param>
    public static Moment OnPhase(string phase) => new() { Phase = phase };

    /// <summary>Whether a run has come that far.</summary>
    /// <param name="progress">How far it has come.</param>
    public bool IsReached(in Progress progress) =>
        Time is { } time ? progress.SinceLoad >= time
        : Operations is { } operations ? progress.Operations >= operations
        : progress.PhasesBegun.Contains(Phase!);

    /// <inheritdoc />
    public override string ToString() =>
        Time is { } time ? string.Create(CultureInfo.InvariantCulture, $"at {time.TotalSeconds:0.###} s")
        : Operations is { } operations ? $"after {operations} operations"
        : $"on phase {Phase}";
}

/// <summary>The phases of a run, in order.</summary>
public static class Phases
{
    /// <summary>The system comes up.</summary>
    public const string Start = "start";

    /// <summary>The hypothesis is checked before anything is done to the system.</summary>
    public const string Baseline = "baseline";

    /// <summary>The workload runs, faults act.</summary>
    public const string Load = "load";

    /// <summary>Every fault is removed.</summary>
    public const string Heal = "heal";

    /// <summary>Queues, outboxes and schedules empty, with a limit.</summary>
    public const string Drain = "drain";

    /// <summary>Nothing may change any more.</summary>
    public const string Quiesce = "quiesce";

    /// <summary>The checkers judge.</summary>
    public const string Check = "check";

    /// <summary>All, in order.</summary>
    public static IReadOnlyList<string> All { get; } = [Start, Baseline, Load, Heal, Drain, Quiesce, Check];

    /// <summary>Those at whose begin a fault may start or end.</summary>
    public static IReadOnlyList<string> ForFaults { get; } = [Baseline, Load, Heal];
}
