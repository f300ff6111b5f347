using Faultline.Protocol.Faults;
using Faultline.Verification.Checkers;
using Faultline.Verification.Ledger;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Reports;

/// <summary>The part of the report that tells of one cell.</summary>
internal static class HtmlCell
{
    private const int FiringsMax = 50;
    private const int PredictedMax = 10;

    public static void Write(HtmlPage page, CellReport cell, bool isOnly)
    {
        CellVerdict verdict = cell.Verdict;
        string tone = Texts.Verdict(verdict.Verdict);
        if (!isOnly)
        {
            page.Raw("<details class=\"card\"><summary>").Raw($"<span class=\"{tone}\">").Element("span", tone, "badge").Raw("</span>").Element("h3", verdict.Experiment.Title).Raw("</summary>\n");
            if (cell.Timeline is { } timeline) TimelineSvg.Write(page, timeline);
        }

        WriteNotes(page, verdict, isOnly);
        WriteFaults(page, verdict, isOnly);
        WriteFindings(page, verdict, isOnly);
        if (verdict.Predicted.Count > 0)
        {
            Heading(page, verdict.Experiment.ExpectViolation is null ? "What the faults had to cause, and did" : "What was expected to break, and did", isOnly);
            foreach (Violation violation in verdict.Predicted.Take(PredictedMax)) WriteViolation(page, violation, cell: null, isOpen: false);
            if (verdict.Predicted.Count > PredictedMax) page.Element("p", $"and {Texts.Number(verdict.Predicted.Count - PredictedMax)} more", "soft");
        }

        WriteFirings(page, cell, isOnly);
        if (!isOnly) page.Raw("</details>\n");
    }

    public static void WriteViolation(HtmlPage page, Violation violation, string? cell, bool isOpen)
    {
        page.Raw($"<details class=\"card failed\"{(isOpen ? " open" : "")}><summary>").Element("span", violation.Rule, "badge").Element("span", violation.Sentence, "sentence").Raw("</summary>\n");
        if (violation.Class is { } left) page.Raw("<p><b>").Text($"Left to heal: {left.Name}").Raw("</b>: ").Text(left.Says).Raw("</p>");
        if (cell is not null) page.Raw("<p class=\"soft\">In cell ").Element("code", cell).Raw("</p>");
        if (violation.Operations.Count > 0) Codes(page, "Operations", violation.Operations);
        if (violation.Messages.Count > 0) Codes(page, "Messages", [.. violation.Messages.Select(id => id.ToString())]);
        WriteJourney(page, violation.Journey);
        page.Raw("</details>\n");
    }

    private static void Heading(HtmlPage page, string text, bool isOnly) => page.Raw(isOnly ? "<h2>" : "<h3 style=\"margin:18px 0 8px\">").Text(text).Raw(isOnly ? "</h2>\n" : "</h3>\n");

    private static void Codes(HtmlPage page, string name, IReadOnlyList<string> values)
    {
        const int shown = 8;
        page.Raw("<p class=\"soft\">").Text($"{name}: ");
        foreach (string value in values.Take(shown)) page.Element("code", value).Raw(" ");
        if (values.Count > shown) page.Text($"and {values.Count - shown} more");
        page.Raw("</p>\n");
    }

    private static void WriteJourney(HtmlPage page, IReadOnlyList<JourneyStep> journey)
    {
        if (journey.Count == 0) return;

        page.Raw("<ol class=\"journey\">\n");
        foreach (JourneyStep step in journey)
        {
            page.Raw(step.IsFault ? "<li class=\"fault\">" : step.At is null ? "<li class=\"never\">" : "<li>");
            if (step.At is { } at) page.Element("time", Texts.Clock(at));
            page.Text(step.What);
            string where = string.Join(", ", new[] { step.Service is { } service && step.Instance?.StartsWith(service, StringComparison.Ordinal) == true ? null : step.Service, step.Instance, step.Attempt > 1 ? $"attempt {step.Attempt}" : null }.OfType<string>());
            if (where.Length > 0) page.Raw(" ").Element("span", where, "where");
            page.Raw("</li>\n");
        }

        page.Raw("</ol>\n");
    }

    private static void WriteNotes(HtmlPage page, CellVerdict verdict, bool isOnly)
    {
        // The banner of a single cell has said the first reason already, and the violations stand above with their journeys.
        List<VerdictNote> notes = [.. verdict.Notes.Skip(isOnly ? 1 : 0).Where(note => !isOnly || note.Verdict != Verdict.Failed || verdict.Violations.Count == 0).Take(20)];
        if (notes.Count == 0) return;

        Heading(page, isOnly ? "Further reasons" : "Reasons", isOnly);
        page.Raw("<ul class=\"notes\">");
        foreach (VerdictNote note in notes) page.Element("li", note.Text, Texts.Verdict(note.Verdict));
        page.Raw("</ul>\n");
    }

    private static void WriteFaults(HtmlPage page, CellVerdict verdict, bool isOnly)
    {
        if (verdict.Faults.Count == 0) return;

        Heading(page, "Faults", isOnly);
        page.Raw("<div class=\"scroll\"><table>").Head(("Fault", ""), ("What", ""), ("Matched", "num"), ("Fired", "num"), ("From", "num"), ("Until", "num")).Raw("<tbody>\n");
        foreach (FaultVerdict fault in verdict.Faults)
        {
            page.Row(
                (fault.Name, "name"), (fault.Problem is null ? fault.Says : $"{fault.Says}: {fault.Problem}", "name"), (Texts.Number(fault.Matched), "num"), (Texts.Number(fault.Fired), "num"),
                (fault.StartedAt is { } from ? Texts.Clock(from.UtcDateTime) : "–", "num"), (fault.EndedAt is { } until ? Texts.Clock(until.UtcDateTime) : "–", "num"));
        }

        page.Raw("</tbody></table></div>\n");
    }

    private static void WriteFindings(HtmlPage page, CellVerdict verdict, bool isOnly)
    {
        Heading(page, "Rules", isOnly);
        page.Raw("<div class=\"scroll\"><table>").Head(("Rule", ""), ("Verdict", ""), ("Judged", "num"), ("Violations", "num"), ("Remark", "")).Raw("<tbody>\n");
        foreach (Finding finding in verdict.Findings)
        {
            bool isExcused = finding.Verdict == Verdict.Failed && verdict.Violations.All(violation => violation.Rule != finding.Checker);
            string tone = isExcused ? "passed" : Texts.Verdict(finding.Verdict);
            string remark = string.Join("; ", new[] { finding.Reason }.Concat(finding.Figures.Select(figure => $"{figure.Key}: {figure.Value:0.###}")).OfType<string>());
            page.Raw("<tr>").Element("td", finding.Checker, "name").Raw($"<td class=\"{tone}\">").Element("span", isExcused ? "as predicted" : tone, "badge").Raw("</td>")
                .Element("td", Texts.Number(finding.Judged), "num").Element("td", Texts.Number(finding.ViolationCount), "num").Element("td", remark, "name").Raw("</tr>\n");
        }

        page.Raw("</tbody></table></div>\n");
    }

    private static void WriteFirings(HtmlPage page, CellReport cell, bool isOnly)
    {
        if (cell.Firings.Count == 0) return;

        Heading(page, "What each firing hit", isOnly);
        page.Raw("<div class=\"scroll\"><table>").Head(("Time", ""), ("Fault", ""), ("Instance", ""), ("Hit", ""), ("Operation", ""), ("Attempt", "num")).Raw("<tbody>\n");
        foreach (Firing firing in cell.Firings.Take(FiringsMax))
        {
            page.Row(
                (Texts.Clock(firing.At.UtcDateTime), ""), ($"{firing.Kind} at {firing.Point}", "name"), (firing.Instance, "name"), ($"{firing.MessageType} {firing.MessageId}", "name"),
                (firing.OperationId, "name"), (Texts.Number(firing.Attempt), "num"));
        }

        page.Raw("</tbody></table></div>\n");
        if (cell.Firings.Count > FiringsMax) page.Element("p", $"{Texts.Number(cell.Firings.Count - FiringsMax)} more are in {ReportFiles.JsonName}.", "soft");
    }
}
