using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Reports;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>How one run ended, wherever it ran.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="ExitCode">How the command line ends.</param>
/// <param name="Folder">The folder of the report.</param>
/// <param name="Cells">How many experiments were judged.</param>
/// <param name="Failed">How many of them broke a rule.</param>
/// <param name="Inconclusive">How many of them could not be judged.</param>
internal sealed record RunOutcome(ulong Seed, Verdict Verdict, ExitCode ExitCode, string Folder, int Cells, int Failed, int Inconclusive)
{
    /// <summary>The experiments one by one; empty where only the sums are known.</summary>
    public IReadOnlyList<CellOutcome> Each { get; init; } = [];

    /// <summary>How one experiment ended.</summary>
    /// <param name="Name">Its name; that of its original where it is a copy.</param>
    /// <param name="Seed">Its seed where it shared a system with other seeds; null for that of the run.</param>
    /// <param name="Verdict">Its verdict.</param>
    /// <param name="Operations">How many operations it had, when few.</param>
    /// <param name="Attempts">How many times they were sent in all.</param>
    internal sealed record CellOutcome(string Name, ulong? Seed, Verdict Verdict, int Operations, int Attempts);

    public static RunOutcome Of(RunReport report, string folder) =>
        new(report.Facts.Seed, report.Verdict, report.ExitCode, folder, report.Cells.Count, report.Count(Verdict.Failed), report.Count(Verdict.Inconclusive))
        {
            Each = [.. report.Cells.Select(cell => OutcomeOf(cell))],
        };

    private static CellOutcome OutcomeOf(CellReport cell)
    {
        Experiment experiment = cell.Verdict.Experiment;
        return new CellOutcome(experiment.CopyOf ?? experiment.Name, experiment.CopyOf is null ? null : experiment.Seed, cell.Verdict.Verdict, cell.Lines.Count, cell.Lines.Sum(line => line.Attempts));
    }

    /// <summary>Tells the end of a run.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="json">Whether for a program.</param>
    /// <param name="summary">The summary for people.</param>
    public void Tell(Screen screen, bool json, string summary)
    {
        if (json) screen.JsonLine(new { seed = Seed, verdict = Word(Verdict), exitCode = (int)ExitCode, folder = Folder, cells = Cells, failed = Failed, inconclusive = Inconclusive });
        else screen.Output.Write(summary);
        screen.Note($"Report: {Path.Combine(Folder, ReportFiles.HtmlName)}");
    }

    /// <summary>Tells several runs at their end, and gives the exit code of all.</summary>
    public static ExitCode TellAll(IReadOnlyList<RunOutcome> outcomes, Screen screen)
    {
        ExitCode worst = outcomes.Select(outcome => outcome.ExitCode).MaxBy(Severity);
        RunOutcome[] seeds = [.. outcomes.SelectMany(outcome => outcome.BySeed())];
        if (seeds.Length == 1) return worst;

        TellEach(outcomes, screen);
        RunOutcome[] others = [.. seeds.Where(outcome => outcome.ExitCode != ExitCode.Passed)];
        screen.Line();
        screen.Line($"{seeds.Length - others.Length} of {seeds.Length} seeds passed");
        foreach (RunOutcome other in others) screen.Line(string.Create(CultureInfo.InvariantCulture, $"  seed {other.Seed}: {Word(other.Verdict)}, {Path.Combine(other.Folder, ReportFiles.HtmlName)}"));
        if (others.Length > 0) screen.Line(string.Create(CultureInfo.InvariantCulture, $"the worst: seed {others.MaxBy(other => Severity(other.ExitCode))!.Seed}"));
        return worst;
    }

    /// <summary>The seeds of a run one by one, where several shared a system; the run itself where not, or where the lab failed and no seed can be told from another.</summary>
    private IEnumerable<RunOutcome> BySeed()
    {
        if (ExitCode == ExitCode.Infrastructure || Each.All(cell => cell.Seed is null)) return [this];
        return from cell in Each
               group cell.Verdict by cell.Seed!.Value into seed
               let verdict = VerdictLadder.Worst(seed)
               select this with { Seed = seed.Key, Verdict = verdict, ExitCode = ExitCodes.Of(verdict) };
    }

    /// <summary>How often each experiment passed: a ladder of guards shows what each rung earns.</summary>
    private static void TellEach(IReadOnlyList<RunOutcome> outcomes, Screen screen)
    {
        IGrouping<string, CellOutcome>[] cells = [.. outcomes.SelectMany(outcome => outcome.Each).GroupBy(cell => cell.Name)];
        if (cells.Length == 0) return;

        screen.Line();
        screen.Table(["experiment", "passed", "attempts per operation"], cells.Select(cell => (string[])
        [
            Screen.Safe(cell.Key),
            string.Create(CultureInfo.InvariantCulture, $"{cell.Count(one => one.Verdict == Verdict.Passed)} of {cell.Count()}"),
            cell.Sum(one => one.Operations) is var operations and > 0 ? string.Create(CultureInfo.InvariantCulture, $"{(double)cell.Sum(one => one.Attempts) / operations:0.0}") : "",
        ]));
    }

    private static string Word(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    private static int Severity(ExitCode code) => code switch
    {
        ExitCode.Passed => 0,
        ExitCode.Inconclusive => 1,
        ExitCode.Infrastructure => 2,
        _ => 3,
    };
}
