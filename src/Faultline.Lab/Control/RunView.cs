using Faultline.Verification.Checkers;

namespace Faultline.Lab.Control;

/// <summary>How far a run is.</summary>
public enum RunState
{
    /// <summary>It was accepted and has not begun.</summary>
    Queued,

    /// <summary>It is under way, or puts things back as they were.</summary>
    Running,

    /// <summary>It has a verdict.</summary>
    Done,

    /// <summary>The lab itself failed.</summary>
    Failed,

    /// <summary>It was given up; its rollbacks have run.</summary>
    Cancelled,
}

/// <summary>One look at a run.</summary>
public sealed record RunView
{
    /// <summary>Names it in this lab; also what its operation ids carry.</summary>
    public required string Id { get; init; }

    /// <summary>What is run, as the command line names it.</summary>
    public required string What { get; init; }

    /// <summary>The title of the battery or experiment.</summary>
    public required string Title { get; init; }

    /// <summary>The system.</summary>
    public required string System { get; init; }

    /// <summary>Decides every random choice.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How far it is.</summary>
    public required RunState State { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it told last.</summary>
    public string? Last { get; init; }

    /// <summary>How many experiments it has.</summary>
    public required int Cells { get; init; }

    /// <summary>How many of them have a verdict.</summary>
    public required int Judged { get; init; }

    /// <summary>How many of them broke a rule; null before the end.</summary>
    public int? Broken { get; init; }

    /// <summary>How many of them could not be judged; null before the end.</summary>
    public int? Inconclusive { get; init; }

    /// <summary>The verdict; null before the end, and where it was given up.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>How the command line ends: 0 passed, 1 violation, 3 inconclusive or cancelled, 4 the lab itself failed; null before the end.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What failed in the lab, or was left behind; null when nothing was.</summary>
    public string? Failure { get; init; }

    /// <summary>The exact command that repeats it.</summary>
    public required string Command { get; init; }

    /// <summary>The folder of its report, on the lab's machine.</summary>
    public required string Folder { get; init; }

    /// <summary>The report files that are there.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Whether it has ended.</summary>
    public bool IsOver => State is RunState.Done or RunState.Failed or RunState.Cancelled;
}
