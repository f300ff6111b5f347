namespace Faultline.Lab.Experiments;

/// <summary>What a person or a program asks to be run, on a lab of its own or on one that runs. Nothing in it is checked yet: see <see cref="RunPlan"/>.</summary>
public sealed record RunOrder
{
    /// <summary>A battery, as <c>system/battery</c>; null when <see cref="Experiment"/> is given.</summary>
    public string? Battery { get; init; }

    /// <summary>The text of an experiment or battery file (YAML or JSON); null when <see cref="Battery"/> is given.</summary>
    public string? Experiment { get; init; }

    /// <summary>The name of that file, for messages and for the command that repeats the run.</summary>
    public string? File { get; init; }

    /// <summary>The folder of that file, from which paths in it go; null when it lies nowhere.</summary>
    public string? Folder { get; init; }

    /// <summary>Decides every random choice; null for that of the experiment, or one that is drawn.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Guards to switch in every experiment, such as <c>-outbox</c> or <c>ticketflow/tickets:+inbox</c>.</summary>
    public IReadOnlyList<string>? Guards { get; init; }

    /// <summary>Instances of each service, 1 to 9, in place of what the experiments say.</summary>
    public int? Replicas { get; init; }

    /// <summary>The broker, in place of what the experiments say.</summary>
    public string? Broker { get; init; }

    /// <summary>The fault profile of the system, in place of what the experiments say; null for theirs.</summary>
    public string? Profile { get; init; }

    /// <summary>A program of the user's own in place of the service that the system lets be replaced: a folder, an executable, or an address where it runs.</summary>
    public string? Orders { get; init; }

    /// <summary>The long form of the battery: more experiments, more operations.</summary>
    public bool Long { get; init; }

    /// <summary>Only the experiments whose name contains one of these texts; null for all.</summary>
    public IReadOnlyList<string>? Only { get; init; }
}
