using Faultline.Cli.Composition;
using Faultline.Lab;
using Faultline.Lab.Experiments;
using Faultline.Lab.Systems;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Reports;

namespace Faultline.Cli.Commands;

internal static class RunCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        LabSystemSpec spec = Systems.SpecOf(Systems.All[0].Definition, Systems.All[0].Checks);
        Battery battery = spec.Checks.Batteries.First(candidate => candidate.Name == args[0]).Make(spec.Description);
        if (args.Length > 2) battery = battery with { Cells = [.. battery.Cells.Where(cell => args[2].Split(',').Any(part => cell.Name.Contains(part)))] };
        await using LabInfrastructure lab = await LabInfrastructure.StartAsync(new LabOptions { Root = Environment.GetEnvironmentVariable("FAULTLINE_ROOT") ?? Environment.CurrentDirectory }, TimeProvider.System, new Progress<string>(Console.WriteLine));
        RunReport report = await BatteryRunner.RunAsync(
            lab, spec, new RunRequest { Battery = battery, Seed = new Seed(ulong.Parse(args[1])), ReportFolder = "/tmp/report", Command = "x" }, new Tell(), TimeProvider.System, CancellationToken.None);
        ConsoleReport.Write(Console.Out, report, colours: false);
        return (int)report.ExitCode;
    }

    private sealed class Tell : IProgress<RunProgress>
    {
        private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();

        private double _last;

        private static string Say(RunProgress.Operations done) => $"{done.Done} of {done.Of}";

        public void Report(RunProgress value)
        {
            string? line = value switch
            {
                RunProgress.Phase phase => phase.Says,
                RunProgress.Operations done when _clock.Elapsed.TotalSeconds - _last > 5 => Say(done),
                RunProgress.Judged judged when judged.Cell.Verdict != Verification.Checkers.Verdict.Passed => $"{judged.Done}/{judged.Of} {judged.Cell.Verdict} {judged.Cell.Experiment.Name}: {judged.Cell.Reason}",
                _ => null,
            };
            if (line is not null) _last = _clock.Elapsed.TotalSeconds;
            if (line is not null) Console.WriteLine($"{_clock.Elapsed.TotalSeconds:0.0} {line}");
        }
    }
}
