using System.Text.Json;
using System.Xml.Linq;
using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;
using Faultline.Verification.Reports;
using Faultline.Verification.Schedules;
using Faultline.Verification.Tests.Experiments;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Tests.Reports;

public sealed class ReportTests
{
    private const string Hostile = "</title><script>alert(1)</script>\"'&\u001b[31m\u0000\ud800";

    [Fact]
    public void Hostile_text_does_not_become_markup()
    {
        var html = new StringWriter();

        HtmlReport.Write(html, Sample(Hostile));

        html.ToString().ShouldContain("&lt;script&gt;");
        html.ToString().ShouldNotContain("<script", Case.Insensitive);
        html.ToString().ShouldNotContain("alert(1)</");
    }

    [Fact]
    public void Page_needs_no_network()
    {
        var html = new StringWriter();

        HtmlReport.Write(html, Sample());

        html.ToString().ShouldContain("default-src 'none'");
        foreach (string outside in new[] { "http://", "https://", "src=", "@import", "url(" }) html.ToString().ShouldNotContain(outside);
    }

    [Fact]
    public void Hostile_text_does_not_reach_the_terminal_as_control_characters()
    {
        var console = new StringWriter();

        ConsoleReport.Write(console, Sample(Hostile), colours: false);

        console.ToString().Where(letter => letter != '\n' && letter != '\r').ShouldNotContain(letter => char.IsControl(letter));
    }

    [Fact]
    public void Console_says_verdict_figures_witness_and_replay_in_few_lines()
    {
        var console = new StringWriter();

        ConsoleReport.Write(console, Sample(), colours: false);

        string text = console.ToString();
        text.ShouldContain("FAILED  Lunch in trouble");
        text.ShouldContain("1 lost");
        text.ShouldMatch("nothing-lost: shop.meal-ready .* never reached shop/orders");
        text.ShouldContain("→ crash at transaction.commit.after on shop/kitchen-1");
        text.ShouldContain("replay: faultline run");
        text.Count(letter => letter == '\n').ShouldBeLessThan(20);
    }

    [Fact]
    public void What_rules_with_a_limit_measured_is_told_experiment_by_experiment()
    {
        RunReport report = Sample();
        Finding measured = new() { Checker = "few-calls", Verdict = Verdict.Passed, Judged = 1, Figures = new Dictionary<string, double> { ["calls"] = 26, ["other"] = 1 }, Measured = "calls" };
        CellReport cell = report.Cells[0] with { Verdict = report.Cells[0].Verdict with { Findings = [measured] } };
        var console = new StringWriter();

        ConsoleReport.Write(console, report with { Cells = [cell, cell] }, colours: false);

        string[] lines = [.. console.ToString().Split('\n').Where(line => line.Contains("measured:", StringComparison.Ordinal))];
        lines.ShouldAllBe(line => line.TrimEnd() == $"  measured: {cell.Verdict.Experiment.Name}  calls: 26");
        lines.Length.ShouldBe(2);
    }

    [Fact]
    public void What_is_left_to_heal_is_named_once_however_many_violations_come_from_it()
    {
        var left = new FailureClass("outbox", "a message was published <after> the commit");
        Violation[] violations = [Violation("nothing-lost", left), Violation("status-agrees", left), Violation("other", null)];
        RunReport report = Sample();
        CellReport cell = report.Cells[0] with { Verdict = report.Cells[0].Verdict with { Violations = violations } };
        var one = new StringWriter();
        var two = new StringWriter();
        var page = new StringWriter();

        ConsoleReport.Write(one, report with { Cells = [cell] }, colours: false);
        ConsoleReport.Write(two, report with { Cells = [cell, cell] }, colours: false);
        HtmlReport.Write(page, report with { Cells = [cell] });

        one.ToString().Split('\n').Count(line => line.Contains("left to heal", StringComparison.Ordinal)).ShouldBe(1);
        one.ToString().ShouldContain("left to heal: outbox: a message was published <after> the commit");
        two.ToString().ShouldContain("left to heal: outbox\n");
        page.ToString().ShouldContain("Left to heal: outbox</b>: a message was published &lt;after&gt; the commit");
    }

    [Fact]
    public void Junit_counts_agree_with_its_cases()
    {
        var text = new StringWriter();

        JUnitReport.Write(text, Sample(Hostile));

        XElement root = XDocument.Parse(text.ToString()).Root!;
        root.Name.LocalName.ShouldBe("testsuites");
        foreach (XElement counted in root.Elements("testsuite").Append(root))
        {
            ((int)counted.Attribute("tests")!).ShouldBe(counted.Descendants("testcase").Count());
            ((int)counted.Attribute("failures")!).ShouldBe(counted.Descendants("failure").Count());
            ((int)counted.Attribute("errors")!).ShouldBe(counted.Descendants("error").Count());
        }

        root.Descendants("failure").ShouldNotBeEmpty();
        root.Descendants("testcase").ShouldAllBe(one => one.Attribute("name") != null && one.Attribute("classname") != null && one.Attribute("time") != null);
    }

    [Fact]
    public void Json_is_whole_and_names_the_witness()
    {
        using var file = new MemoryStream();

        JsonReport.Write(file, Sample());

        JsonElement root = JsonDocument.Parse(file.ToArray()).RootElement;
        root.GetProperty("verdict").GetString().ShouldBe("failed");
        root.GetProperty("exitCode").GetInt32().ShouldBe(1);
        JsonElement cell = root.GetProperty("cells")[0];
        cell.GetProperty("violations")[0].GetProperty("journey").GetArrayLength().ShouldBeGreaterThan(2);
        cell.GetProperty("firings")[0].GetProperty("operationId").GetString().ShouldBe("cell/000001");
        cell.GetProperty("totals").GetProperty("lost").GetInt64().ShouldBe(1);
    }

    [Fact]
    public void Folder_holds_every_file_and_both_experiments_read_back()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"faultline-report-{Environment.ProcessId}-{nameof(Folder_holds_every_file_and_both_experiments_read_back)}");
        try
        {
            ReportFiles.Write(folder, Sample());

            Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(["experiment.yaml", "junit.xml", "replay.yaml", "report.html", "report.json"]);
            foreach (string name in new[] { ReportFiles.ExperimentName, ReportFiles.ReplayName }) ExperimentReader.Read(File.ReadAllText(Path.Combine(folder, name)), name, Shop.Catalogue).Lines.ShouldBeEmpty();
            File.ReadAllText(Path.Combine(folder, ReportFiles.ReplayName)).ShouldContain("pins");
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Failure_of_the_lab_has_its_own_exit_code_whatever_the_cells_say()
    {
        RunReport report = Sample();

        (report with { Facts = report.Facts with { LabFailure = "PostgreSQL did not start" } }).ExitCode.ShouldBe(ExitCode.Infrastructure);
        (report with { Cells = [] }).ExitCode.ShouldBe(ExitCode.Inconclusive);
    }

    [Fact]
    public void Percentiles_are_values_that_were_measured()
    {
        Percentiles hundred = Percentiles.Of([.. Enumerable.Range(1, 100).Select(value => (long)value).Reverse()])!;

        hundred.P50.Ticks.ShouldBe(50);
        hundred.P90.Ticks.ShouldBe(90);
        hundred.P99.Ticks.ShouldBe(99);
        hundred.P999.Ticks.ShouldBe(100);
        hundred.Max.Ticks.ShouldBe(100);
        Percentiles.Of([7])!.P50.Ticks.ShouldBe(7);
        Percentiles.Of([]).ShouldBeNull();
    }

    [Fact]
    public void Timeline_holds_every_operation_once()
    {
        World world = World.Clean(50);

        Timeline timeline = Timeline.Of([world.Run(World.Experiment())])!;

        timeline.Slices.Sum(slice => slice.All).ShouldBe(50);
        Timeline.Of([new World().Run(World.Experiment())]).ShouldBeNull();
    }

    [Theory]
    [InlineData("reports/run-1", "faultline run reports/run-1/replay.yaml")]
    [InlineData("my reports/it's", "faultline run 'my reports/it'\\''s/replay.yaml'")]
    public void Replay_command_can_be_pasted_into_a_shell(string folder, string command) => ReplayCommand.For(folder).ShouldBe(command);

    /// <summary>Written for a person to look at when the variable names a folder; skipped otherwise.</summary>
    [Fact]
    public void Sample_reports_can_be_looked_at()
    {
        string? folder = Environment.GetEnvironmentVariable("FAULTLINE_SAMPLE_REPORTS");
        Assert.SkipWhen(folder is null, "set FAULTLINE_SAMPLE_REPORTS to a folder to get sample reports");

        ReportFiles.Write(Path.Combine(folder, "failed"), Sample());
        ReportFiles.Write(Path.Combine(folder, "battery"), SampleBattery());
        ReportFiles.Write(Path.Combine(folder, "hostile"), Sample(Hostile));
    }

    private static Violation Violation(string rule, FailureClass? left) => new() { Rule = rule, Kind = "broken", Sentence = "it broke", Class = left };

    private static RunReport Sample(string title = "Lunch in trouble")
    {
        (CellRun run, CellVerdict verdict) = Lost("cell");
        return RunReport.Of(Facts(title), [(run with { Experiment = run.Experiment with { Title = title } }, verdict with { Experiment = verdict.Experiment with { Title = title } })]);
    }

    private static RunFacts Facts(string title) => new()
    {
        Title = title,
        Name = "lunch",
        StartedAt = World.Noon,
        Took = TimeSpan.FromSeconds(12.3),
        Seed = 42,
        ReplayCommand = ReplayCommand.For("reports/lunch"),
        Environment = [new("system", "shop, 2 replicas"), new("broker", "postgresql"), new("guards off", "none")],
    };

    private static RunReport SampleBattery()
    {
        var cells = new List<(CellRun, CellVerdict)> { Lost("the-kitchen-dies-after-the-commit") };
        for (int number = 1; number <= 6; number++) cells.Add(Fired($"crash-before-the-ack-{number}", fires: number != 4));
        return RunReport.Of(Facts("Every fault at every point of the kitchen"), cells);
    }

    private static (CellRun, CellVerdict) Fired(string name, bool fires)
    {
        World world = World.Clean(30, cell: name);
        var set = new Guid(1, 0, 0, new byte[8]);
        if (fires) world.Fire(world.First(World.OrderPlaced), World.Kitchen, "consume.ack.before", "crash", set);
        CellRun run = world.Run(World.Experiment() with { Name = name, Title = name.Replace('-', ' ') }, (World.Anomaly("crash", "consume.ack.before", World.Kitchen), set));
        return (run, Judgement.Of(run, new CheckerRegistry()));
    }

    private static (CellRun, CellVerdict) Lost(string name)
    {
        World world = World.Clean(120, cell: name);
        var set = new Guid(1, 0, 0, new byte[8]);
        Guid ready = world.First(World.MealReady);
        world.Remove(ready, World.Orders, LedgerFact.Handled, LedgerFact.Inbox);
        world.Fire(ready, World.Kitchen, "transaction.commit.after", "crash", set);
        for (int number = 1; number <= 9; number++) world.Operation($"{name}/unknown-{number}", number % 3 == 0 ? Outcome.Failed : Outcome.Unknown);
        AnomalyFault fault = World.Anomaly("crash", "transaction.commit.after", World.Kitchen);
        CellRun run = world.Run(World.Experiment() with { Name = name, Title = "Lunch in trouble" }, (fault, set));
        run = run with { Faults = [run.Faults[0] with { StartedAt = World.Noon.AddMilliseconds(200), EndedAt = World.Noon.AddMilliseconds(900) }] };
        return (run, Judgement.Of(run, new CheckerRegistry()));
    }
}
