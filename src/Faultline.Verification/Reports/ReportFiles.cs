using System.Text;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.Reports;

/// <summary>The folder of a report: the thin edge that writes files.</summary>
public static class ReportFiles
{
    /// <summary>For people.</summary>
    public const string HtmlName = "report.html";

    /// <summary>For machines.</summary>
    public const string JsonName = "report.json";

    /// <summary>For build servers.</summary>
    public const string JUnitName = "junit.xml";

    /// <summary>Every operation; the lab writes it while the run goes on.</summary>
    public const string HistoryName = "history.jsonl";

    /// <summary>The experiment or battery as it ran.</summary>
    public const string ExperimentName = "experiment.yaml";

    /// <summary>The same with pins: it hits again what this run hit.</summary>
    public const string ReplayName = "replay.yaml";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes everything but the history.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="report">The run.</param>
    public static void Write(string folder, RunReport report)
    {
        Directory.CreateDirectory(folder);
        using (var html = new StreamWriter(Path.Combine(folder, HtmlName), append: false, Utf8)) HtmlReport.Write(html, report);
        using (FileStream json = File.Create(Path.Combine(folder, JsonName))) JsonReport.Write(json, report);
        using (var junit = new StreamWriter(Path.Combine(folder, JUnitName), append: false, Utf8)) JUnitReport.Write(junit, report);
        File.WriteAllText(Path.Combine(folder, ExperimentName), Yaml(report, cell => cell.Verdict.Experiment), Utf8);
        File.WriteAllText(Path.Combine(folder, ReplayName), Yaml(report, cell => cell.Replay), Utf8);
    }

    private static string Yaml(RunReport report, Func<CellReport, Experiment> experiment) =>
        report.Cells.Count == 1
            ? ExperimentWriter.Write(experiment(report.Cells[0]))
            : ExperimentWriter.Write(new Battery(report.Facts.Name, report.Facts.Title, [.. report.Cells.Select(experiment)]));
}
