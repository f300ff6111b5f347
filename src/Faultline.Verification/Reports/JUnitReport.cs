using System.Globalization;
using System.Text;
using System.Xml;
using Faultline.Verification.Checkers;

namespace Faultline.Verification.Reports;

/// <summary>JUnit XML: a suite for each cell, a case for each checker and one for the verdict of the cell. Inconclusive is an error: a build must not take it for a pass.</summary>
public static class JUnitReport
{
    /// <summary>Writes the file.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">The run.</param>
    public static void Write(TextWriter output, RunReport report)
    {
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) });
        xml.WriteStartDocument();
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", report.Facts.Name);
        Count(xml, [.. report.Cells.SelectMany(Cases)], report.Facts.Took);
        foreach (CellReport cell in report.Cells) WriteSuite(xml, report, cell);
        if (report.Facts.LabFailure is { } failure) WriteLabFailure(xml, failure);
        xml.WriteEndElement();
        xml.WriteEndDocument();
    }

    private static IEnumerable<Case> Cases(CellReport cell)
    {
        yield return new Case("verdict", cell.Verdict.Verdict, cell.Verdict.Reason, string.Join('\n', cell.Verdict.Notes.Select(note => note.Text)));
        foreach (Finding finding in cell.Verdict.Findings)
        {
            // What the faults predict is no failure: such a checker passes here as it does in the verdict.
            List<Violation> violations = [.. cell.Verdict.Violations.Where(violation => violation.Rule == finding.Checker)];
            Verdict verdict = violations.Count > 0 ? Verdict.Failed : finding.Verdict == Verdict.Inconclusive && cell.Verdict.Experiment.ExpectViolation is null ? Verdict.Inconclusive : Verdict.Passed;
            yield return new Case(finding.Checker, verdict, violations.Count > 0 ? violations[0].Sentence : finding.Reason ?? "", string.Join('\n', violations.Take(20).Select(Told)));
        }
    }

    private static string Told(Violation violation) => $"{violation.Sentence}\n  {string.Join("\n  → ", violation.Journey)}";

    private static void WriteSuite(XmlWriter xml, RunReport report, CellReport cell)
    {
        List<Case> cases = [.. Cases(cell)];
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", cell.Verdict.Experiment.Name);
        Count(xml, cases, TimeSpan.Zero);
        Attribute(xml, "timestamp", report.Facts.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        foreach (Case one in cases) WriteCase(xml, $"{report.Facts.Name}.{cell.Verdict.Experiment.Name}", one);
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string suite, Case one)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", suite);
        Attribute(xml, "name", one.Name);
        Attribute(xml, "time", "0");
        if (one.Verdict != Verdict.Passed)
        {
            xml.WriteStartElement(one.Verdict == Verdict.Failed ? "failure" : "error");
            Attribute(xml, "message", one.Message);
            Attribute(xml, "type", Texts.Verdict(one.Verdict));
            xml.WriteString(Texts.Xml(one.Details));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteLabFailure(XmlWriter xml, string failure)
    {
        var lab = new Case("lab", Verdict.Inconclusive, failure, failure);
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", "lab");
        Count(xml, [lab], TimeSpan.Zero);
        WriteCase(xml, "lab", lab);
        xml.WriteEndElement();
    }

    private static void Count(XmlWriter xml, List<Case> cases, TimeSpan took)
    {
        Attribute(xml, "tests", cases.Count.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "failures", cases.Count(one => one.Verdict == Verdict.Failed).ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "errors", cases.Count(one => one.Verdict == Verdict.Inconclusive).ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "skipped", "0");
        Attribute(xml, "time", took.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Texts.Xml(value));

    private sealed record Case(string Name, Verdict Verdict, string Message, string Details);
}
