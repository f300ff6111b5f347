using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Verification.Checkers;
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
    public static RunOutcome Of(RunReport report, string folder) =>
        new(report.Facts.Seed, report.Verdict, report.ExitCode, folder, report.Cells.Count, report.Count(Verdict.Failed), report.Count(Verdict.Inconclusive));

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
        if (outcomes.Count == 1) return worst;

        RunOutcome[] others = [.. outcomes.Where(outcome => outcome.ExitCode != ExitCode.Passed)];
        screen.Line();
        screen.Line($"{outcomes.Count - others.Length} of {outcomes.Count} seeds passed");
        foreach (RunOutcome other in others) screen.Line(string.Create(CultureInfo.InvariantCulture, $"  seed {other.Seed}: {Word(other.Verdict)}, {Path.Combine(other.Folder, ReportFiles.HtmlName)}"));
        if (others.Length > 0) screen.Line(string.Create(CultureInfo.InvariantCulture, $"the worst: seed {others.MaxBy(other => Severity(other.ExitCode))!.Seed}"));
        return worst;
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
