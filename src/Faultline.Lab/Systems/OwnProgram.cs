namespace Faultline.Lab.Systems;

/// <summary>A service of the user's own: a program that the lab starts, or one that runs already. What it is given has placeholders, which <see cref="OwnStart"/> fills in.</summary>
public sealed record OwnProgram
{
    /// <summary>The full path of the program; null for one that runs already.</summary>
    public string? Executable { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its environment, beside that of the lab.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What comes on top while a guard is off, by guard.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GuardsOff { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Where it is started: the folder of the file that describes it.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>Where it runs already; null for one that the lab starts.</summary>
    public Uri? Address { get; init; }

    /// <summary>The path that is asked for its health; null: it is well as soon as its port accepts connections.</summary>
    public string? HealthPath { get; init; }

    /// <summary>How long it may take to be well after its start.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it may take to end when asked to.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The ports on which its links listen, by the last name of what they lead to; those that are missing get a free one.</summary>
    public IReadOnlyDictionary<string, int> LinkPorts { get; init; } = new Dictionary<string, int>();
}
