using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Ledger;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Reports;

/// <summary>The report for people: one file that needs no network and runs no script.</summary>
public static class HtmlReport
{
    private const int ViolationsMax = 25;
    private const int DetailedCellsMax = 60;

    /// <summary>Writes the page.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">The run.</param>
    public static void Write(TextWriter output, RunReport report)
    {
        var page = new HtmlPage(output);
        page.Raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Element("title", $"{Texts.Verdict(report.Verdict)}: {report.Facts.Title}").Raw($"<style>{HtmlStyle.Css}</style></head>\n<body><main>\n");
        WriteBanner(page, report);
        WriteTiles(page, report);
        if (report.Timeline is { } timeline)
        {
            page.Raw("<h2>What happened, and when</h2><div class=\"card\">");
            TimelineSvg.Write(page, timeline);
            page.Raw("</div>\n");
        }

        WriteViolations(page, report);
        if (report.Cells.Count > 1) WriteCells(page, report);
        else if (report.Cells.Count == 1) HtmlCell.Write(page, report.Cells[0], isOnly: true);
        WriteLatency(page, report);
        if (report.Cells.Count > 1) WriteDetails(page, report);
        WriteReplay(page, report);
        page.Raw("</main></body></html>\n");
    }

    private static void WriteBanner(HtmlPage page, RunReport report)
    {
        string verdict = Texts.Verdict(report.Verdict);
        page.Raw($"<header class=\"banner {verdict}\">").Element("span", verdict, "badge").Element("h1", report.Facts.Title);
        if (report.Facts.LabFailure is { } failure) page.Element("p", $"The lab itself failed: {failure}");
        page.Element("p", Summary(report));
        page.Raw("<dl class=\"facts\">");
        Fact(page, "begun", $"{report.Facts.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {Texts.Duration(report.Facts.Took)}");
        Fact(page, "seed", report.Facts.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach ((string name, string value) in report.Facts.Environment) Fact(page, name, value);
        page.Raw("</dl></header>\n");
    }

    private static string Summary(RunReport report)
    {
        if (report.Cells.Count == 1) return report.Cells[0].Verdict.Reason;

        return $"{Texts.Plural(report.Cells.Count, "cell")}: {report.Count(Verdict.Passed)} passed, {report.Count(Verdict.Failed)} failed, {report.Count(Verdict.Inconclusive)} inconclusive.";
    }

    private static void Fact(HtmlPage page, string name, string value) => page.Element("dt", name).Element("dd", value);

    private static void WriteTiles(HtmlPage page, RunReport report)
    {
        long Sum(Func<LedgerTotals, long> figure) => report.Cells.Sum(cell => figure(cell.Verdict.Totals));
        page.Raw("<div class=\"tiles\">");
        Tile(page, Sum(t => t.Attempted), "operations");
        Tile(page, Sum(t => t.Acknowledged), "acknowledged");
        Tile(page, Sum(t => t.Unknown), $"unknown, {Texts.Number(Sum(t => t.Recovered))} done");
        Tile(page, Sum(t => t.Accepted), "deliveries");
        Tile(page, Sum(t => t.Done), "done");
        Tile(page, Sum(t => t.Lost), "lost", isBad: true);
        Tile(page, Sum(t => t.Duplicated), "repeated effects", isBad: true);
        Tile(page, Sum(t => t.Unexpected), "unexpected", isBad: true);
        Tile(page, Sum(t => t.DeadLettered), "dead letters");
        Tile(page, Sum(t => t.Parked), "parked");
        Tile(page, Sum(t => t.InFlight), "in flight", isBad: true);
        if (Sum(t => t.Injected) > 0) Tile(page, Sum(t => t.Injected), "injected");
        page.Raw("</div>\n");
    }

    private static void Tile(HtmlPage page, long value, string name, bool isBad = false) =>
        page.Raw(isBad && value > 0 ? "<div class=\"tile bad\">" : "<div class=\"tile\">").Element("b", Texts.Number(value)).Element("span", name).Raw("</div>");

    private static void WriteViolations(HtmlPage page, RunReport report)
    {
        List<(CellReport Cell, Violation Violation)> all = [.. report.Cells.SelectMany(cell => cell.Verdict.Violations.Select(violation => (cell, violation)))];
        if (all.Count == 0) return;

        page.Element("h2", all.Count == 1 ? "The violation" : $"{Texts.Number(all.Count)} violations");
        for (int at = 0; at < Math.Min(all.Count, ViolationsMax); at++) HtmlCell.WriteViolation(page, all[at].Violation, report.Cells.Count > 1 ? all[at].Cell.Verdict.Experiment.Name : null, isOpen: at == 0);
        if (all.Count > ViolationsMax) page.Element("p", $"{Texts.Number(all.Count - ViolationsMax)} more are in {ReportFiles.JsonName}.", "soft");
    }

    private static void WriteCells(HtmlPage page, RunReport report)
    {
        page.Raw("<h2>Cells</h2><div class=\"scroll\"><table>").Head(("Cell", ""), ("Verdict", ""), ("Fired", "num"), ("Operations", "num"), ("Lost", "num"), ("Why", ""));
        page.Raw("<tbody>\n");
        foreach (CellReport cell in report.Cells.OrderByDescending(cell => cell.Verdict.Verdict))
        {
            CellVerdict verdict = cell.Verdict;
            string tone = Texts.Verdict(verdict.Verdict);
            page.Raw("<tr>").Element("td", verdict.Experiment.Title, "name").Raw($"<td class=\"{tone}\">").Element("span", tone, "badge").Raw("</td>")
                .Element("td", Texts.Number(verdict.Faults.Sum(fault => fault.Fired)), "num").Element("td", Texts.Number(verdict.Totals.Attempted), "num").Element("td", Texts.Number(verdict.Totals.Lost), "num")
                .Element("td", verdict.Reason, "name").Raw("</tr>\n");
        }

        page.Raw("</tbody></table></div>\n");
    }

    private static void WriteLatency(HtmlPage page, RunReport report)
    {
        if (report.Operations.Count == 0) return;

        page.Raw("<h2>Latency as the client saw it</h2><div class=\"scroll\"><table>")
            .Head(("Operation", ""), ("ok", "num"), ("failed", "num"), ("unknown", "num"), ("p50", "num"), ("p90", "num"), ("p99", "num"), ("p99.9", "num"), ("max", "num")).Raw("<tbody>\n");
        foreach (OperationFigures figures in report.Operations)
        {
            string Time(Func<Percentiles, TimeSpan> which) => figures.Latency is { } latency ? Texts.Duration(which(latency)) : "–";
            page.Row(
                (figures.Name, "name"), (Texts.Number(figures.Ok), "num"), (Texts.Number(figures.Failed), "num"), (Texts.Number(figures.Unknown), "num"),
                (Time(l => l.P50), "num"), (Time(l => l.P90), "num"), (Time(l => l.P99), "num"), (Time(l => l.P999), "num"), (Time(l => l.Max), "num"));
        }

        page.Raw("</tbody></table></div><p class=\"soft\">Percentiles by nearest rank over every acknowledged operation.</p>\n");
    }

    private static void WriteDetails(HtmlPage page, RunReport report)
    {
        page.Raw("<h2>Cell by cell</h2>\n");
        foreach (CellReport cell in report.Cells.OrderByDescending(cell => cell.Verdict.Verdict).Take(DetailedCellsMax)) HtmlCell.Write(page, cell, isOnly: false);
        if (report.Cells.Count > DetailedCellsMax) page.Element("p", $"{Texts.Number(report.Cells.Count - DetailedCellsMax)} more are in {ReportFiles.JsonName}.", "soft");
    }

    private static void WriteReplay(HtmlPage page, RunReport report)
    {
        page.Raw("<h2>Replay</h2><div class=\"card\"><p>This command hits again the same operations and messages. It repeats the faults, not every interleaving.</p>").Element("pre", report.Facts.ReplayCommand);
        if (report.Cells.Count == 1)
        {
            page.Raw("<details><summary class=\"soft\">The experiment as it ran</summary>").Element("pre", ExperimentWriter.Write(report.Cells[0].Verdict.Experiment)).Raw("</details>");
        }

        page.Raw("</div>\n");
    }
}
