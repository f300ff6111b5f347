using Faultline.Protocol.Faults;

namespace Faultline.Verification.Schedules;

/// <summary>One fault of a schedule.</summary>
public abstract record FaultSpec
{
    /// <summary>Its name, used once in the schedule: reports and replays speak of it.</summary>
    public required string Name { get; init; }

    /// <summary>When it is placed.</summary>
    public Moment From { get; init; } = Moment.BeginOfLoad;

    /// <summary>When it is removed; null means at the heal, or after <see cref="For"/>.</summary>
    public Moment? Until { get; init; }

    /// <summary>How long it stays; null means until <see cref="Until"/> or the heal.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>The fault in a few words, for lists.</summary>
    public abstract string Says { get; }
}

/// <summary>A fault at a fault point.</summary>
public sealed record AnomalyFault : FaultSpec
{
    /// <summary>The service, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The only instance; null means all.</summary>
    public string? Instance { get; init; }

    /// <summary>A name from <see cref="FaultPoints"/>.</summary>
    public required string Point { get; init; }

    /// <summary>A name from <see cref="FaultKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Details of the kind; null means its defaults.</summary>
    public AnomalyParameters? Parameters { get; init; }

    /// <summary>Which messages or requests; null means all.</summary>
    public MatchSpec? Match { get; init; }

    /// <summary>When it fires; null means on every match.</summary>
    public TriggerSpec? Trigger { get; init; }

    /// <summary>In a replay: what it hits, in place of the trigger. Empty otherwise.</summary>
    public IReadOnlyList<Pin> Pins { get; init; } = [];

    /// <inheritdoc />
    public override string Says => $"{Kind} at {Point} of {Service}{(Match?.MessageType is { } type ? $" on {type}" : "")}";

    /// <summary>What the fault may legitimately cause.</summary>
    public FaultCell Cell => FaultTable.Of(Kind, FaultPoints.Find(Point) ?? throw new InvalidOperationException($"unknown fault point '{Point}'"), Parameters?.Transient ?? true);
}

/// <summary>What is done to a process or to database sessions.</summary>
public sealed record DisruptionFault : FaultSpec
{
    /// <summary>A service as <c>system/service</c>, or an infrastructure target such as <c>postgres/services</c>.</summary>
    public required string Target { get; init; }

    /// <summary>A name from <see cref="DisruptionVerbs"/>.</summary>
    public required string Verb { get; init; }

    /// <summary>The only instance; null means one that the seed picks for a service.</summary>
    public string? Instance { get; init; }

    /// <inheritdoc />
    public override string Says => $"{Verb} {Target}{(Instance is null ? "" : $" ({Instance})")}{(For is { } time ? $" for {time.TotalSeconds:0.###} s" : "")}";
}

/// <summary>What a disruption does.</summary>
public static class DisruptionVerbs
{
    /// <summary>SIGKILL: dead at once; comes back after <see cref="FaultSpec.For"/>, at the heal, or when its supervisor restarts it.</summary>
    public const string Kill = "kill";

    /// <summary>A graceful stop.</summary>
    public const string Stop = "stop";

    /// <summary>SIGSTOP, and SIGCONT at its end.</summary>
    public const string Pause = "pause";

    /// <summary>A graceful stop and a start.</summary>
    public const string Restart = "restart";

    /// <summary>The server ends all sessions; databases only.</summary>
    public const string TerminateSessions = "terminate-sessions";

    /// <summary>What can be done to a process.</summary>
    public static IReadOnlyList<string> ForServices { get; } = [Kill, Stop, Pause, Restart];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Kill, Stop, Pause, Restart, TerminateSessions];
}
