using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Reports;

/// <summary>One operation, for a cell that has few: a line for a person.</summary>
/// <param name="OperationId">Its id, by which its journey is found.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Attempts">How many times it was sent.</param>
/// <param name="Took">How long it took; null while open.</param>
/// <param name="Trace">The trace of all its attempts.</param>
/// <param name="Broken">The first rule that a violation says it broke; null when none.</param>
public sealed record OperationLine(string OperationId, Outcome Outcome, int Attempts, TimeSpan? Took, string? Trace, string? Broken)
{
    /// <summary>More operations than this are not shown one by one.</summary>
    public const int LinesMax = 12;

    internal static IReadOnlyList<OperationLine> Of(CellRun run, CellVerdict verdict) => run.Context.History.Count > LinesMax
        ? []
        :
        [
            .. run.Context.History.Operations.Select(operation => new OperationLine(
                operation.OperationId, operation.Outcome, operation.Attempts, operation.Took, operation.Trace,
                verdict.Violations.Concat(verdict.Predicted).FirstOrDefault(violation => violation.Operations.Contains(operation.OperationId))?.Rule)),
        ];
}

/// <summary>One cell in a report.</summary>
/// <param name="Verdict">The verdict with all that led to it.</param>
/// <param name="Operations">What became of the operations.</param>
/// <param name="Timeline">Faults against operations; null when there was no operation.</param>
/// <param name="Firings">Which message or operation each firing hit; at most <see cref="RunReport.FiringsKeptMax"/>.</param>
/// <param name="Replay">The experiment with pins.</param>
public sealed record CellReport(CellVerdict Verdict, IReadOnlyList<OperationFigures> Operations, Timeline? Timeline, IReadOnlyList<Firing> Firings, Experiment Replay)
{
    /// <summary>Its operations one by one; empty when there are many.</summary>
    public IReadOnlyList<OperationLine> Lines { get; init; } = [];
}

/// <summary>What the lab knows about a run beside its cells.</summary>
public sealed record RunFacts
{
    /// <summary>The title for people.</summary>
    public required string Title { get; init; }

    /// <summary>The name of the battery or experiment.</summary>
    public required string Name { get; init; }

    /// <summary>When the run began, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The exact command that repeats the run; see <see cref="ReplayCommand"/>.</summary>
    public required string ReplayCommand { get; init; }

    /// <summary>Further facts for the reader: version, broker, replicas, guards that were off, machine. Never a connection string.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Why the lab itself failed; null when it did not. Then the exit code is 4, whatever the cells say.</summary>
    public string? LabFailure { get; init; }
}

/// <summary>A whole run, ready to be printed.</summary>
public sealed record RunReport
{
    /// <summary>How many firings of a cell are listed.</summary>
    public const int FiringsKeptMax = 1_000;

    /// <summary>What the lab knows.</summary>
    public required RunFacts Facts { get; init; }

    /// <summary>The cells, in the order of the battery.</summary>
    public required IReadOnlyList<CellReport> Cells { get; init; }

    /// <summary>All cells in one picture.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>Latencies over all cells, from the full data.</summary>
    public required IReadOnlyList<OperationFigures> Operations { get; init; }

    /// <summary>The worst of all cells; inconclusive when there is none.</summary>
    public Verdict Verdict => VerdictLadder.Worst([.. Cells.Select(cell => cell.Verdict.Verdict), .. Facts.LabFailure is null ? Array.Empty<Verdict>() : [Verdict.Inconclusive]]);

    /// <summary>How the command line ends.</summary>
    public ExitCode ExitCode => Facts.LabFailure is null ? ExitCodes.Of(Verdict) : ExitCode.Infrastructure;

    /// <summary>How many cells have a verdict.</summary>
    /// <param name="verdict">The verdict.</param>
    public int Count(Verdict verdict) => Cells.Count(cell => cell.Verdict.Verdict == verdict);

    /// <summary>Puts a report together.</summary>
    /// <param name="facts">What the lab knows.</param>
    /// <param name="cells">What happened in each cell, and the verdict on it.</param>
    public static RunReport Of(RunFacts facts, IReadOnlyList<(CellRun Run, CellVerdict Verdict)> cells)
    {
        var all = new Histories.History();
        foreach ((CellRun run, _) in cells) all.AddAll(run.Context.History);
        return new RunReport
        {
            Facts = facts,
            Timeline = Timeline.Of([.. cells.Select(cell => cell.Run)]),
            Operations = OperationFigures.Of(all),
            Cells = [.. cells.Select(cell => new CellReport(
                cell.Verdict, OperationFigures.Of(cell.Run.Context.History), cells.Count == 1 ? null : Timeline.Of([cell.Run]),
                [.. cell.Run.Firings.OrderBy(firing => firing.At).Take(FiringsKeptMax)], ReplayOf(cell.Run)) { Lines = OperationLine.Of(cell.Run, cell.Verdict) })],
        };
    }

    private static Experiment ReplayOf(CellRun run)
    {
        Dictionary<string, IReadOnlyList<Firing>> firings = run.Faults.GroupBy(fault => fault.Name).ToDictionary(
            group => group.Key, group => (IReadOnlyList<Firing>)[.. run.Firings.Where(firing => group.First().AnomalyIds.Contains(firing.AnomalyId))]);
        return Replay.Of(run.Experiment, firings);
    }
}

/// <summary>Writes the command that repeats a run.</summary>
public static class ReplayCommand
{
    /// <summary>The command for the replay file of a report folder: the file holds seed, guards, replicas, broker and pins.</summary>
    /// <param name="folder">The report folder, as the person who replays it would name it.</param>
    public static string For(string folder) => $"faultline run {Quoted(Path.Combine(folder, ReportFiles.ReplayName))}";

    private static string Quoted(string path) =>
        path.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-:\\".Contains(letter, StringComparison.Ordinal)) ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
