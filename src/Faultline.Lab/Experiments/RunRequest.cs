using Faultline.Lab.Systems;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>What is to be run.</summary>
public sealed record RunRequest
{
    /// <summary>The cells.</summary>
    public required Battery Battery { get; init; }

    /// <summary>Decides every random choice.</summary>
    public required Seed Seed { get; init; }

    /// <summary>Guards switched from the command line, on top of those of the cells.</summary>
    public IReadOnlyList<GuardSpec> Guards { get; init; } = [];

    /// <summary>Instances of each service, in place of what the cells say.</summary>
    public int? Replicas { get; init; }

    /// <summary>The broker, in place of what the cells say.</summary>
    public string? Broker { get; init; }

    /// <summary>The fault profile, in place of what the cells say.</summary>
    public string? Profile { get; init; }

    /// <summary>A program of the user's own in place of one service; null for none.</summary>
    public StandIn? StandIn { get; init; }

    /// <summary>Tells the operations of this run from those of others on the same data; null where there are none.</summary>
    public string? Run { get; init; }

    /// <summary>Where the report files go.</summary>
    public required string ReportFolder { get; init; }

    /// <summary>The exact command that repeats the run.</summary>
    public required string Command { get; init; }
}

/// <summary>What a run tells while it runs.</summary>
public abstract record RunProgress
{
    private RunProgress()
    {
    }

    /// <summary>A phase begins.</summary>
    /// <param name="Says">In a few words.</param>
    public sealed record Phase(string Says) : RunProgress;

    /// <summary>Operations have ended.</summary>
    /// <param name="Done">How many.</param>
    /// <param name="Of">Of how many; 0 when it is not known.</param>
    public sealed record Operations(long Done, long Of) : RunProgress;

    /// <summary>A cell has its verdict.</summary>
    /// <param name="Cell">The verdict.</param>
    /// <param name="Done">How many cells have one.</param>
    /// <param name="Of">Of how many.</param>
    public sealed record Judged(CellVerdict Cell, int Done, int Of) : RunProgress;
}
