using System.Globalization;
using Faultline.Verification.Checkers;
using Faultline.Verification.Ledger;

namespace Faultline.Verification.Reports;

/// <summary>The summary that a person reads in ten seconds.</summary>
public static class ConsoleReport
{
    private const int CellsMax = 12;
    private const int MeasuredMax = 24;
    private const int ViolationsMax = 5;
    private const int StepsMax = 8;

    /// <summary>Writes the summary.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">The run.</param>
    /// <param name="colours">Whether the output understands ANSI colours.</param>
    public static void Write(TextWriter output, RunReport report, bool colours)
    {
        var ink = new Ink(colours);
        RunFacts facts = report.Facts;
        output.WriteLine();
        output.WriteLine($"{ink.Verdict(report.Verdict)}  {ink.Bold(Texts.Line(facts.Title))}  {ink.Faint($"seed {facts.Seed}, {Texts.Duration(facts.Took)}")}");
        if (facts.LabFailure is not null) output.WriteLine($"  the lab itself failed: {Texts.Line(facts.LabFailure)}");
        if (report.Cells.Count > 1)
        {
            output.WriteLine($"  {report.Cells.Count} cells: {report.Count(Verdict.Passed)} passed, {report.Count(Verdict.Failed)} failed, {report.Count(Verdict.Inconclusive)} inconclusive");
        }

        WriteFigures(output, report);
        WriteMeasured(output, report);
        WriteCells(output, report, ink);
        output.WriteLine($"  {ink.Faint("replay:")} {facts.ReplayCommand}");
    }

    private static void WriteFigures(TextWriter output, RunReport report)
    {
        LedgerTotals[] all = [.. report.Cells.Select(cell => cell.Verdict.Totals)];
        long Sum(Func<LedgerTotals, long> figure) => all.Sum(figure);
        output.WriteLine($"  {Texts.Plural(Sum(totals => totals.Attempted), "operation")}: {Sum(t => t.Acknowledged)} ok, {Sum(t => t.Failed)} failed, {Sum(t => t.Unknown)} unknown ({Sum(t => t.Recovered)} of them done)");
        output.WriteLine(
            $"  {(Sum(t => t.Accepted) == 1 ? "1 delivery" : $"{Texts.Number(Sum(t => t.Accepted))} deliveries")}: {Sum(t => t.Done)} done, {Sum(t => t.Lost)} lost, {Sum(t => t.Duplicated)} repeated effects, "
            + $"{Sum(t => t.DeadLettered)} dead letters, {Sum(t => t.Parked)} parked, {Sum(t => t.InFlight)} in flight");
    }

    /// <summary>What rules with a limit measured, experiment by experiment: a guard for speed earns what lies between its two lines.</summary>
    private static void WriteMeasured(TextWriter output, RunReport report)
    {
        (string Cell, string Figure, double Value)[] all =
        [
            .. from cell in report.Cells
               from finding in cell.Verdict.Findings
               let measured = finding.Measured
               where measured is not null && finding.Figures.ContainsKey(measured)
               select (Texts.Line(cell.Verdict.Experiment.Name), Texts.Line(measured), finding.Figures[measured]),
        ];
        int width = all.Length == 0 ? 0 : all.Max(line => line.Cell.Length);
        foreach ((string cell, string figure, double value) in all.Take(MeasuredMax)) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  measured: {cell.PadRight(width)}  {figure}: {value:0.##}"));
        if (all.Length > MeasuredMax) output.WriteLine($"  … and {Texts.Plural(all.Length - MeasuredMax, "more figure")}: see report.html");
    }

    private static void WriteCells(TextWriter output, RunReport report, Ink ink)
    {
        List<CellReport> shown = [.. report.Cells.Where(cell => report.Cells.Count == 1 || cell.Verdict.Verdict != Verdict.Passed).OrderByDescending(cell => cell.Verdict.Verdict)];
        foreach (CellReport cell in shown.Take(CellsMax))
        {
            if (report.Cells.Count > 1) output.WriteLine($"  {ink.Verdict(cell.Verdict.Verdict)}  {cell.Verdict.Experiment.Name}");
            if (report.Cells.Count == 1) WriteLines(output, cell, ink);
            foreach (string note in cell.Verdict.Notes.Where(note => note.Verdict != Verdict.Failed || cell.Verdict.Violations.Count == 0).Take(ViolationsMax).Select(note => note.Text)) output.WriteLine($"    {Texts.Line(note)}");
            foreach (Violation violation in cell.Verdict.Violations.Take(report.Cells.Count == 1 ? ViolationsMax : 1)) WriteViolation(output, violation, ink);
            int left = cell.Verdict.Violations.Count - (report.Cells.Count == 1 ? ViolationsMax : 1);
            if (left > 0) output.WriteLine(ink.Faint($"    … and {Texts.Plural(left, "more violation")}: see report.html"));
            WriteClasses(output, cell, isOnly: report.Cells.Count == 1, ink);
        }

        if (shown.Count > CellsMax) output.WriteLine(ink.Faint($"  … and {Texts.Plural(shown.Count - CellsMax, "more cell")} not passed: see report.html"));
    }

    /// <summary>Operations that have a trace are shown one by one.</summary>
    private static void WriteLines(TextWriter output, CellReport cell, Ink ink)
    {
        foreach (OperationLine line in cell.Lines.Where(line => line.Trace is not null))
        {
            string verdict = line.Broken is { } rule ? ink.Red($"✗ {rule}") : line.Outcome.ToString().ToLowerInvariant();
            output.WriteLine($"    {Texts.Line(line.OperationId)}  {verdict}, {Texts.Plural(line.Attempts, "attempt")}{(line.Took is { } took ? $", {Texts.Duration(took)}" : "")}  {ink.Faint($"trace {line.Trace}, journey: faultline journey {Texts.Line(line.OperationId)}")}");
        }
    }

    private static void WriteViolation(TextWriter output, Violation violation, Ink ink)
    {
        output.WriteLine($"    {ink.Red("✗")} {ink.Bold(violation.Rule)}: {Texts.Line(violation.Sentence)}");
        if (violation.Journey.Count == 0) return;

        IEnumerable<string> steps = violation.Journey.Take(StepsMax).Select(step => step.IsFault ? ink.Red(Texts.Line(step.ToString())) : Texts.Line(step.ToString()));
        output.WriteLine($"      {string.Join(" → ", steps)}{(violation.Journey.Count > StepsMax ? " → …" : "")}");
    }

    /// <summary>What is left to heal, each thing once, however many rules it breaks.</summary>
    private static void WriteClasses(TextWriter output, CellReport cell, bool isOnly, Ink ink)
    {
        FailureClass[] classes = [.. cell.Verdict.Violations.Select(violation => violation.Class).OfType<FailureClass>().Distinct()];
        if (classes.Length == 0) return;

        if (isOnly) foreach (FailureClass one in classes) output.WriteLine($"    {ink.Bold($"left to heal: {one.Name}")}: {Texts.Line(one.Says)}");
        else output.WriteLine($"    {ink.Bold("left to heal:")} {string.Join(", ", classes.Select(one => one.Name))}");
    }

    private sealed class Ink(bool colours)
    {
        public string Bold(string text) => Of("1", text);

        public string Faint(string text) => Of("2", text);

        public string Red(string text) => Of("31", text);

        public string Verdict(Verdict verdict) => Of(verdict switch { Checkers.Verdict.Passed => "1;32", Checkers.Verdict.Failed => "1;31", _ => "1;33" }, Texts.Verdict(verdict).ToUpperInvariant());

        private string Of(string code, string text) => colours ? $"\u001b[{code}m{text}\u001b[0m" : text;
    }
}
