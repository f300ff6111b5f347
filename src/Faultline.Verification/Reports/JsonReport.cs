using System.Text.Json;
using Faultline.Protocol;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.Reports;

/// <summary>The report for machines. New fields may come; those that are here stay.</summary>
public static class JsonReport
{
    /// <summary>The version of the form.</summary>
    public const int FormVersion = 1;

    /// <summary>Writes the file.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">The run.</param>
    public static void Write(Stream output, RunReport report)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        JsonSerializer.Serialize(json, Shape(report), ProtocolJson.Options);
    }

    private static object Shape(RunReport report) => new
    {
        Form = FormVersion,
        report.Facts.Name,
        report.Facts.Title,
        Verdict = Texts.Verdict(report.Verdict),
        ExitCode = (int)report.ExitCode,
        Seed = report.Facts.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture), // Above 2^53, where a number loses digits in many readers.
        report.Facts.StartedAt,
        TookSeconds = report.Facts.Took.TotalSeconds,
        Replay = report.Facts.ReplayCommand,
        report.Facts.LabFailure,
        Environment = report.Facts.Environment.ToDictionary(fact => fact.Key, fact => fact.Value),
        Operations = report.Operations.Select(Operations),
        Cells = report.Cells.Select(Cell),
    };

    private static object Operations(OperationFigures figures) => new
    {
        figures.Name,
        figures.Ok,
        figures.Failed,
        figures.Unknown,
        LatencyMs = figures.Latency is not { } latency ? null : new
        {
            P50 = latency.P50.TotalMilliseconds,
            P90 = latency.P90.TotalMilliseconds,
            P99 = latency.P99.TotalMilliseconds,
            P999 = latency.P999.TotalMilliseconds,
            Max = latency.Max.TotalMilliseconds,
        },
    };

    private static object Cell(CellReport cell) => new
    {
        cell.Verdict.Experiment.Name,
        cell.Verdict.Experiment.Title,
        Verdict = Texts.Verdict(cell.Verdict.Verdict),
        Notes = cell.Verdict.Notes.Select(note => new { Verdict = Texts.Verdict(note.Verdict), note.Text }),
        cell.Verdict.Totals,
        Operations = cell.Operations.Select(Operations),
        cell.Lines,
        cell.Verdict.Faults,
        Findings = cell.Verdict.Findings.Select(finding => new { finding.Checker, Verdict = Texts.Verdict(finding.Verdict), finding.Reason, finding.Judged, finding.ViolationCount, finding.Figures }),
        cell.Verdict.Violations,
        cell.Verdict.Predicted,
        cell.Firings,
        Experiment = ExperimentWriter.Write(cell.Verdict.Experiment),
        Replay = ExperimentWriter.Write(cell.Replay),
    };
}
