using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Lab;
using Faultline.Lab.Experiments;
using Faultline.Lab.Systems;
using Faultline.Protocol.Guards;
using Faultline.Triggers;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Reports;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Runs a battery or an experiment file on a lab of its own, and ends with the verdict.</summary>
internal static class RunCommand
{
    private const int ReplicasMax = 9;
    private const int RepeatMax = 1_000;

    private static readonly Argument<string?> What = new("battery or file") { Description = "A battery like ticketflow/intake, or an experiment file (YAML or JSON)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<ulong?> SeedOf = new("--seed") { Description = "Decides every random choice; drawn and shown when absent", HelpName = "number" };
    private static readonly Option<string?> Guards = new("--guards") { Description = "Guards to switch in every experiment: -outbox or +inbox, several with commas, for one service as ticketflow/tickets:-inbox", HelpName = "list" };
    private static readonly Option<int?> Replicas = new("--replicas") { Description = "Instances of each service, 1 to 9, in place of what the experiments say", HelpName = "n" };
    private static readonly Option<string?> Broker = new("--broker") { Description = "The broker: postgresql", HelpName = "name" };
    private static readonly Option<int> Repeat = new("--repeat") { Description = "Run so many times, with the seed and those after it; tells pass rate, seeds and the worst", HelpName = "n", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Report = new("--report") { Description = "Where the report files go; default a folder below .faultline/reports", HelpName = "folder" };
    private static readonly Option<string?> Only = new("--only") { Description = "Only the experiments whose name contains one of these texts, separated by commas", HelpName = "text" };
    private static readonly Option<string?> Postgres = LabFolderOptions.Postgres;

    public static Verb Create(Screen screen) => new Verb(
        "run", "Runs a battery of experiments or an experiment file, and ends with its verdict: 0 passed, 1 violation, 2 usage, 3 inconclusive, 4 the lab itself failed",
        "faultline run ticketflow/intake --seed 1",
        "faultline run ticketflow/guards",
        "faultline run ticketflow/intake --guards -outbox     # see what the outbox earns",
        "faultline run ticketflow/intake --repeat 10          # ten seeds, one after the other",
        "faultline run ./my-experiment.yaml --seed 7 --report ./report")
    {
        What, SeedOf, Guards, Replicas, Broker, Repeat, Report, Only, Postgres,
    }.Does(screen, RunAsync);

    /// <summary>Lets <c>--guards -outbox</c> be written as people write it: what follows the option is its value, although it begins with a dash.</summary>
    /// <param name="args">The arguments as they came.</param>
    public static string[] JoinGuards(string[] args)
    {
        var joined = new List<string>(args.Length);
        for (int index = 0; index < args.Length; index++)
        {
            bool isValue = args[index] == Guards.Name && index + 1 < args.Length && !args[index + 1].StartsWith("--", StringComparison.Ordinal);
            joined.Add(isValue ? $"{args[index]}={args[++index]}" : args[index]);
        }

        return [.. joined];
    }

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        if (context.Arguments.GetResult(CommonOptions.Lab) is { Implicit: false }) throw new CommandException(ExitCode.Usage, "run has a lab of its own and does not use another one yet; leave --lab away.");

        Plan plan = PlanOf(context);
        await using LabInfrastructure lab = await LabInfrastructure.StartAsync(
            new LabOptions { Root = CommandContext.Root, Postgres = context.Value(Postgres) }, TimeProvider.System, new Lines(context.Screen), context.Stop);
        var reports = new List<(ulong Seed, RunReport Report, string Folder)>();
        for (int turn = 0; turn < plan.Repeat; turn++)
        {
            ulong seed = plan.Seed + (ulong)turn;
            string folder = plan.Repeat == 1 ? plan.Folder : Path.Combine(plan.Folder, seed.ToString(CultureInfo.InvariantCulture));
            // Servers of the user's own may hold the data of earlier runs, and each turn holds that of those before.
            string? name = turn > 0 || context.Value(Postgres) is not null ? string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds():x}") : null;
            reports.Add((seed, await RunOneAsync(lab, plan, new Seed(seed), name, folder, context), folder));
        }

        if (plan.Repeat > 1) TellAll(reports, context.Screen);
        return reports.Select(report => report.Report.ExitCode).MaxBy(Severity);
    }

    private sealed record Plan(LabSystemSpec System, Battery Battery, ulong Seed, int Repeat, string Folder, IReadOnlyList<GuardSpec> Guards, int? Replicas, string? Broker, string What);

    private static Plan PlanOf(CommandContext context)
    {
        string what = context.Value(What) ?? Offer(context.Screen);
        (LabSystemSpec system, Battery battery) = Find(what);
        if (context.Value(Only) is { } only)
        {
            string[] parts = only.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            battery = battery with { Cells = [.. battery.Cells.Where(cell => parts.Any(part => cell.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))] };
            if (battery.Cells.Count == 0) throw new CommandException(ExitCode.Usage, $"No experiment of {what} has a name with '{only}'; 'faultline list --json' shows their names.");
        }

        int? replicas = context.Value(Replicas);
        if (replicas is < 1 or > ReplicasMax) throw new CommandException(ExitCode.Usage, $"--replicas is {replicas}; it must be 1 to {ReplicasMax}.");
        int repeat = context.Value(Repeat);
        if (repeat is < 1 or > RepeatMax) throw new CommandException(ExitCode.Usage, $"--repeat is {repeat}; it must be 1 to {RepeatMax}.");
        string? broker = context.Value(Broker);
        if (broker is not (null or "postgresql")) throw new CommandException(ExitCode.Usage, $"--broker is '{broker}'; it must be postgresql.");

        ulong seed = context.Value(SeedOf) ?? battery.Cells.Select(cell => cell.Seed).FirstOrDefault(own => own is not null) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        string folder = context.Value(Report) is { } named
            ? Path.GetFullPath(named)
            : Path.Combine(CommandContext.Root, ".faultline", "reports", $"{battery.Name.Replace('/', '-')}-{seed}-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}");
        return new Plan(system, battery, seed, repeat, folder, GuardsOf(context.Value(Guards), system), replicas, broker, context.Value(Only) is { } texts ? $"{what} --only {texts}" : what);
    }

    private static (LabSystemSpec System, Battery Battery) Find(string what)
    {
        IReadOnlyList<LabSystemSpec> systems = Systems.Specs();
        foreach (LabSystemSpec system in systems)
        {
            if (system.Checks.Batteries.FirstOrDefault(candidate => candidate.Name == what) is { } found) return (system, found.Make(system.Description));
        }

        if (!File.Exists(what))
        {
            throw new CommandException(ExitCode.Usage, $"There is no battery and no file '{what}'; there are the batteries {string.Join(", ", systems.SelectMany(system => system.Checks.Batteries).Select(battery => battery.Name))}.");
        }

        var catalogue = new Catalogue([.. systems.Select(system => system.Description)], ["postgresql"], Catalogue.EmbeddedInfrastructure);
        Reading reading = ExperimentReader.Read(File.ReadAllText(what), what, catalogue);
        if (reading.Battery is not { } battery) throw new CommandException(ExitCode.Usage, $"{what} cannot be run:\n{string.Join('\n', reading.Lines)}");
        return (systems.First(system => system.Name == battery.Cells[0].System), battery);
    }

    private static IReadOnlyList<GuardSpec> GuardsOf(string? text, LabSystemSpec system)
    {
        var guards = new List<GuardSpec>();
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            GuardSpec guard = GuardSpec.Read(part) ?? throw new CommandException(ExitCode.Usage, $"'{part}' is no guard to switch; write -name for off or +name for on, like -outbox.");
            if (GuardNames.Find(guard.Guard) is null) throw new CommandException(ExitCode.Usage, $"There is no guard '{guard.Guard}'; there are: {string.Join(", ", GuardNames.All.Select(known => known.Name))}.");
            if (guard.Service is { } service && system.Description.Find(service) is null) throw new CommandException(ExitCode.Usage, $"There is no service '{service}'; there are: {string.Join(", ", system.Services.Select(known => known.Service))}.");
            guards.Add(guard);
        }

        return guards;
    }

    /// <summary>Without a name, a person at a terminal chooses.</summary>
    private static string Offer(Screen screen)
    {
        BatteryDescription[] batteries = [.. Systems.All.SelectMany(system => system.Checks.Batteries)];
        string names = string.Join(", ", batteries.Select(battery => battery.Name));
        if (!screen.IsTerminal || Console.IsInputRedirected) throw new CommandException(ExitCode.Usage, $"Say what to run: a battery ({names}) or an experiment file.");

        for (int index = 0; index < batteries.Length; index++) screen.Line($"  {index + 1}  {batteries[index].Name,-22} {batteries[index].Says}");
        screen.Output.Write("Which one? ");
        return int.TryParse(screen.Input.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out int choice) && choice >= 1 && choice <= batteries.Length
            ? batteries[choice - 1].Name
            : throw new CommandException(ExitCode.Usage, $"That is none of 1 to {batteries.Length}.");
    }

    private static async Task<RunReport> RunOneAsync(LabInfrastructure lab, Plan plan, Seed seed, string? name, string folder, CommandContext context)
    {
        string command = CommandOf(plan, seed);
        context.Screen.Note($"{plan.Battery.Name}, {plan.Battery.Cells.Count} experiments, seed {seed}. To repeat: {command}");
        var request = new RunRequest
        {
            Battery = plan.Battery,
            Seed = seed,
            Guards = plan.Guards,
            Replicas = plan.Replicas,
            Broker = plan.Broker,
            Run = name,
            ReportFolder = folder,
            Command = command,
        };
        var progress = new RunLines(context.Screen, plan.Battery.Cells.Count);
        RunReport report = await BatteryRunner.RunAsync(lab, plan.System, request, progress, TimeProvider.System, context.Stop);
        if (context.Json) context.Screen.JsonLine(new { seed = seed.Value, verdict = report.Verdict.ToString().ToLowerInvariant(), exitCode = (int)report.ExitCode, folder, cells = report.Cells.Count, failed = report.Count(Verdict.Failed), inconclusive = report.Count(Verdict.Inconclusive) });
        else ConsoleReport.Write(context.Screen.Output, report, context.Screen.HasColours);
        context.Screen.Note($"Report: {Path.Combine(folder, ReportFiles.HtmlName)}");
        return report;
    }

    private static string CommandOf(Plan plan, Seed seed)
    {
        string guards = plan.Guards.Count == 0 ? "" : $" --guards {string.Join(',', plan.Guards.Select(guard => guard.ToString()))}";
        return $"faultline run {plan.What} --seed {seed}{guards}{(plan.Replicas is { } replicas ? $" --replicas {replicas}" : "")}";
    }

    private static void TellAll(List<(ulong Seed, RunReport Report, string Folder)> reports, Screen screen)
    {
        int passed = reports.Count(report => report.Report.ExitCode == ExitCode.Passed);
        screen.Line();
        screen.Line($"{passed} of {reports.Count} seeds passed");
        foreach ((ulong seed, RunReport report, string folder) in reports.Where(report => report.Report.ExitCode != ExitCode.Passed)) screen.Line($"  seed {seed}: {report.Verdict.ToString().ToLowerInvariant()}, {Path.Combine(folder, ReportFiles.HtmlName)}");
        if (passed == reports.Count) return;
        screen.Line($"the worst: seed {reports.MaxBy(report => Severity(report.Report.ExitCode)).Seed}");
    }

    private static int Severity(ExitCode code) => code switch
    {
        ExitCode.Passed => 0,
        ExitCode.Inconclusive => 1,
        ExitCode.Infrastructure => 2,
        _ => 3,
    };

    private sealed class Lines(Screen screen) : IProgress<string>
    {
        public void Report(string value) => screen.Note(value);
    }

    /// <summary>What happens, a line each; how far the operations are, not more often than every few seconds.</summary>
    private sealed class RunLines(Screen screen, int cells) : IProgress<RunProgress>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
        private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
        private TimeSpan _told;
        private int _judged;

        public void Report(RunProgress value)
        {
            switch (value)
            {
                case RunProgress.Phase phase:
                    Say($"[{_judged}/{cells}] {phase.Says}");
                    break;
                case RunProgress.Operations operations when operations.Of > 0 && _clock.Elapsed - _told >= Pause:
                    Say($"[{_judged}/{cells}] {operations.Done} of {operations.Of} operations");
                    break;
                case RunProgress.Judged judged:
                    _judged = judged.Done;
                    if (judged.Cell.Verdict != Verdict.Passed) Say($"[{_judged}/{cells}] {judged.Cell.Verdict.ToString().ToLowerInvariant()}: {judged.Cell.Experiment.Name}: {judged.Cell.Reason}");
                    break;
            }
        }

        private void Say(string text)
        {
            _told = _clock.Elapsed;
            screen.Note($"{_clock.Elapsed:mm\\:ss} {text}");
        }
    }
}
