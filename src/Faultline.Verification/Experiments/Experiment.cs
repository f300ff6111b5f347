using System.Text.Json;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Experiments;

/// <summary>One run: a hypothesis, a workload, a schedule of faults, and the rules that must hold.</summary>
public sealed record Experiment
{
    /// <summary>The name: lower case letters, digits and hyphens. In a battery it names the cell.</summary>
    public required string Name { get; init; }

    /// <summary>A title for people.</summary>
    public required string Title { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>The full path of the file that describes the system; null for one that comes with the product.</summary>
    public string? SystemFile { get; init; }

    /// <summary>Probes of the steady state.</summary>
    public IReadOnlyList<Probe> Hypothesis { get; init; } = [];

    /// <summary>What the client does.</summary>
    public required WorkloadSpec Workload { get; init; }

    /// <summary>Guards that are switched before the load; all others are on.</summary>
    public IReadOnlyList<GuardSpec> Guards { get; init; } = [];

    /// <summary>Instances of each service.</summary>
    /// <value>1; 1 to 16.</value>
    public int Replicas { get; init; } = 1;

    /// <summary>Instances of single services, as <c>system/service</c>, where they differ from <see cref="Replicas"/>.</summary>
    public IReadOnlyDictionary<string, int> ReplicasOf { get; init; } = new Dictionary<string, int>();

    /// <summary>The broker; null means the usual one of the lab.</summary>
    public string? Broker { get; init; }

    /// <summary>Decides every random choice; null means that the lab draws one and prints it.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The faults; those that a generator draws come on top.</summary>
    public IReadOnlyList<FaultSpec> Schedule { get; init; } = [];

    /// <summary>The fault profile of the system that is in force during the load; null for none.</summary>
    public string? Profile { get; init; }

    /// <summary>Faults that the seed draws; null means none.</summary>
    public GeneratorSpec? Generator { get; init; }

    /// <summary>The rules; empty means the usual ones.</summary>
    public IReadOnlyList<InvariantSpec> Invariants { get; init; } = [];

    /// <summary>The checker whose violation this experiment is about: it passes only with that violation. Null means that none may be there beyond what the faults predict.</summary>
    public string? ExpectViolation { get; init; }

    /// <summary>The experiment that this one repeats with a seed of its own; null for one that repeats none. See <see cref="Copies"/>.</summary>
    public string? CopyOf { get; init; }

    /// <summary>How long the drain may take.</summary>
    /// <value>60 seconds; 1 second to 1 hour.</value>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What is always done at the end, also after a failure or Ctrl+C, in order; names from <see cref="Rollbacks.All"/>.</summary>
    public IReadOnlyList<string> RollbackSteps { get; init; } = Rollbacks.All;
}

/// <summary>What puts a system back as it was.</summary>
public static class Rollbacks
{
    /// <summary>Removes every anomaly and toxic of the run.</summary>
    public const string ClearFaults = "clear-faults";

    /// <summary>Resumes what is paused and starts what is down.</summary>
    public const string RestoreProcesses = "restore-processes";

    /// <summary>Switches every guard of the run back.</summary>
    public const string RestoreGuards = "restore-guards";

    /// <summary>All, in the order that is always right: a process must run before its guards can be switched.</summary>
    public static IReadOnlyList<string> All { get; } = [RestoreProcesses, ClearFaults, RestoreGuards];
}

/// <summary>What the client does.</summary>
public sealed record WorkloadSpec
{
    /// <summary>A workload of the system.</summary>
    public required string Name { get; init; }

    /// <summary>How many operations; null when <see cref="Duration"/> ends it.</summary>
    public long? Operations { get; init; }

    /// <summary>How long; null when <see cref="Operations"/> ends it.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Open loop: operations started per second, whatever the answers. Null means a closed loop.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>How many clients at once.</summary>
    /// <value>1; 1 to 1,000.</value>
    public int Concurrency { get; init; } = 1;

    /// <summary>For a system of the user's own: the requests of one operation, sent one after the other. Empty for a workload of the system.</summary>
    public IReadOnlyList<HttpStep> Steps { get; init; } = [];

    /// <summary>What the seed draws for each operation, for the placeholders of the steps.</summary>
    public IReadOnlyList<DrawnValue> Values { get; init; } = [];

    /// <summary>What an operation with steps is about, with placeholders; null for nothing.</summary>
    public string? Subject { get; init; }

    /// <summary>The name of a workload that is given by its steps.</summary>
    public const string HttpName = "http";

    /// <summary>Further parameters, known to the workload.</summary>
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>A guard that a run switches.</summary>
/// <param name="Guard">The guard.</param>
/// <param name="On">Whether it protects.</param>
/// <param name="Service">The only service, as <c>system/service</c>; null means all.</param>
public sealed record GuardSpec(string Guard, bool On, string? Service = null)
{
    /// <summary>Reads <c>-outbox</c>, <c>+inbox</c> or <c>system/service:-outbox</c>, as command line and files have it. Names are not checked here.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The guard, or null when the text has not that form.</returns>
    public static GuardSpec? Read(string text)
    {
        int colon = text.LastIndexOf(':');
        string guard = text[(colon + 1)..].Trim();
        return guard.Length > 1 && guard[0] is '-' or '+' ? new GuardSpec(guard[1..], guard[0] == '+', colon > 0 ? text[..colon].Trim() : null) : null;
    }

    /// <inheritdoc />
    public override string ToString() => $"{(Service is null ? "" : Service + ":")}{(On ? "+" : "-")}{Guard}";
}

/// <summary>A rule of the experiment.</summary>
/// <param name="Name">The checker.</param>
/// <param name="Parameters">Its parameters.</param>
public sealed record InvariantSpec(string Name, IReadOnlyDictionary<string, JsonElement> Parameters);

/// <summary>A probe of the steady state, with its tolerance.</summary>
public sealed record Probe
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The service that is asked, as <c>system/service</c>.</summary>
    public required string Service { get; init; }

    /// <summary>An HTTP probe: the path that is read. Null for a probe of a figure.</summary>
    public string? Path { get; init; }

    /// <summary>An HTTP probe: the status that is right.</summary>
    public int Status { get; init; } = 200;

    /// <summary>An HTTP probe: how long the answer may take.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A probe of a figure of the service's messaging: outbox, queue, parked, deadLetters or scheduled. Null for an HTTP probe.</summary>
    public string? Figure { get; init; }

    /// <summary>The largest right value of the figure.</summary>
    public long Max { get; init; }

    /// <summary>The share of answers that must be right, per checking: above 0 to 1.</summary>
    public double AtLeast { get; init; } = 1;

    /// <summary>When it is asked: before, during, after.</summary>
    public IReadOnlyList<string> When { get; init; } = Times;

    /// <summary>The three checkings.</summary>
    public static IReadOnlyList<string> Times { get; } = ["before", "during", "after"];

    /// <summary>The figures that can be probed.</summary>
    public static IReadOnlyList<string> Figures { get; } = ["outbox", "queue", "parked", "deadLetters", "scheduled"];
}

/// <summary>A named list of experiments. Cells with the same setting may share one running system: see <c>BatteryPlan</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Title">A title for people.</param>
/// <param name="Cells">The experiments, each with a name of its own.</param>
public sealed record Battery(string Name, string Title, IReadOnlyList<Experiment> Cells)
{
    /// <summary>A battery of one experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    public static Battery Of(Experiment experiment) => new(experiment.Name, experiment.Title, [experiment]);
}
