namespace Faultline.Verification.Schedules;

/// <summary>A schedule that the seed draws. Empty lists mean everything that the system has; a weight of 0 leaves out.</summary>
public sealed record GeneratorSpec
{
    /// <summary>How many faults at least.</summary>
    /// <value>1; at least 1.</value>
    public int FaultsMin { get; init; } = 1;

    /// <summary>How many faults at most.</summary>
    /// <value>1; at most 200.</value>
    public int FaultsMax { get; init; } = 1;

    /// <summary>Weights of the kinds of anomalies; empty means delay, exception, crash, drop, duplicate and reorder, equally.</summary>
    public IReadOnlyDictionary<string, int> Kinds { get; init; } = new Dictionary<string, int>();

    /// <summary>Weights of the verbs of disruptions; empty means no disruptions.</summary>
    public IReadOnlyDictionary<string, int> Disruptions { get; init; } = new Dictionary<string, int>();

    /// <summary>Weights of the triggers: once, nth, first, every, probability; empty means all, equally.</summary>
    public IReadOnlyDictionary<string, int> Triggers { get; init; } = new Dictionary<string, int>();

    /// <summary>The points that are drawn from.</summary>
    public IReadOnlyList<string> Points { get; init; } = [];

    /// <summary>The services that are drawn from, as <c>system/service</c>.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The message types that are drawn from.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    /// <summary>The earliest moment of a fault, after the begin of the load.</summary>
    public TimeSpan From { get; init; } = TimeSpan.Zero;

    /// <summary>The latest moment of a fault, after the begin of the load.</summary>
    public TimeSpan Until { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether faults that lose messages or send them to the dead letters are drawn too.</summary>
    public bool Destructive { get; init; }
}
