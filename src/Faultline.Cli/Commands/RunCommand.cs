using System.CommandLine;
using System.Globalization;
using Faultline.Cli.Client;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Lab;
using Faultline.Lab.Experiments;
using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.OwnSystems;
using Faultline.Verification.Reports;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Runs a battery or an experiment file on a lab of its own, or on one that runs, and ends with the verdict.</summary>
internal static class RunCommand
{
    private const int RepeatMax = 1_000;

    private static readonly Argument<string?> What = new("battery or file") { Description = "A battery like ticketflow/intake, or an experiment file (YAML or JSON)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<ulong?> SeedOf = new("--seed") { Description = "Decides every random choice; drawn and shown when absent", HelpName = "number" };
    private static readonly Option<string?> Guards = new("--guards") { Description = "Guards to switch in every experiment: -outbox or +inbox, several with commas, for one service as ticketflow/tickets:-inbox", HelpName = "list" };
    private static readonly Option<int?> Replicas = new("--replicas") { Description = "Instances of each service, 1 to 9, in place of what the experiments say", HelpName = "n" };
    private static readonly Option<string?> Broker = new("--broker") { Description = "The broker: postgresql or rabbitmq", HelpName = "name" };
    private static readonly Option<string?> Profile = new("--profile") { Description = "The fault profile of the system, such as calm, workshop or storm for restaurant", HelpName = "name" };
    private static readonly Option<string?> Orders = new("--orders") { Description = "A program of your own in place of restaurant/orders: a folder with a .NET project or an executable named 'run', an executable, or an address", HelpName = "path or address" };
    private static readonly Option<int> Repeat = new("--repeat") { Description = "Run so many times, with the seed and those after it; tells pass rate, seeds and the worst", HelpName = "n", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> AtOnce = new("--at-once") { Description = "Of --repeat: so many seeds at the same time on one running system, and what is done to it hits all of them; 1 to 32", HelpName = "n", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Report = new("--report") { Description = "Where the report files go; default a folder below .faultline/reports of the lab", HelpName = "folder" };
    private static readonly Option<string?> Only = new("--only") { Description = "Only the experiments whose name contains one of these texts, separated by commas", HelpName = "text" };
    private static readonly Option<bool> Long = new("--long") { Description = "The long form of the battery: more experiments, more operations" };
    private static readonly Option<string?> Postgres = LabFolderOptions.Postgres;

    public static Verb Create(Screen screen, Interrupts interrupts) => new Verb(
        "run", "Runs a battery of experiments or an experiment file on a lab of its own, or on the one that --lab names, and ends with its verdict: 0 passed, 1 violation, 2 usage, 3 inconclusive, 4 the lab itself failed",
        "faultline run ticketflow/intake --seed 1",
        "faultline run ticketflow/guards",
        "faultline run ticketflow/intake --guards -outbox     # see what the outbox earns",
        "faultline run ticketflow/intake --repeat 10          # ten seeds, one after the other",
        "faultline run restaurant/complete --profile workshop --orders ./my-orders",
        "faultline run ./my-experiment.yaml --seed 7 --report ./report     # also of a system of your own",
        "faultline run ticketflow/intake --lab http://127.0.0.1:21000     # on the lab that 'faultline up' keeps running")
    {
        What, SeedOf, Guards, Profile, Orders, Replicas, Broker, Repeat, AtOnce, Report, Only, Long, Postgres, LabFolderOptions.RabbitMq, LabFolderOptions.NoLinks,
    }.Does(screen, context => RunAsync(context, interrupts));

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

    private static async Task<ExitCode> RunAsync(CommandContext context, Interrupts interrupts)
    {
        int repeat = context.Value(Repeat);
        if (repeat is < 1 or > RepeatMax) throw new CommandException(ExitCode.Usage, $"--repeat is {repeat}; it must be 1 to {RepeatMax}.");

        int atOnce = context.Value(AtOnce);
        if (atOnce < 1 || atOnce > Copies.Max) throw new CommandException(ExitCode.Usage, $"--at-once is {atOnce}; it must be 1 to {Copies.Max}.");
        if (atOnce > repeat) throw new CommandException(ExitCode.Usage, $"--at-once is {atOnce}, and --repeat is {repeat}; it must be 1 to that number of repeats.");

        RunOrder order = OrderOf(context);
        IReadOnlyList<RunOutcome> outcomes = context.Arguments.GetResult(CommonOptions.Lab) is { Implicit: false }
            ? await RunThereAsync(order, repeat, context, interrupts)
            : await RunHereAsync(order, repeat, atOnce, context);
        return RunOutcome.TellAll(outcomes, context.Screen);
    }

    /// <summary>On a lab of its own.</summary>
    private static async Task<IReadOnlyList<RunOutcome>> RunHereAsync(RunOrder order, int repeat, int atOnce, CommandContext context)
    {
        IReadOnlyList<LabSystemSpec> own = order.Experiment is { } text ? Systems.NamedIn(text, order.Folder!) : [];
        RunPlanning planning = RunPlan.Of(order, [.. Systems.Specs(), .. own], hasLinks: !context.Value(LabFolderOptions.NoLinks));
        if (planning.Plan is not { } plan) throw new CommandException(ExitCode.Usage, string.Join('\n', planning.Problems.Select(problem => problem.With("--"))));

        if (atOnce > 1 && plan.System.IsOwn) throw new CommandException(ExitCode.Usage, $"--at-once is {atOnce}, and {plan.System.Name} is a system of your own, whose experiments run one after the other; leave it out.");

        string folder = context.Value(Report) is { } named ? Path.GetFullPath(named) : plan.FolderBelow(CommandContext.Root, TimeProvider.System.GetUtcNow());
        await using LabInfrastructure lab = await LabInfrastructure.StartAsync(
            new LabOptions { Root = CommandContext.Root, Postgres = context.Value(Postgres), RabbitMq = context.Value(LabFolderOptions.RabbitMq), Links = !context.Value(LabFolderOptions.NoLinks) }, TimeProvider.System, new Lines(context.Screen), context.Stop);
        var outcomes = new List<RunOutcome>();
        for (int turn = 0; turn < repeat; turn += atOnce)
        {
            RunPlan next = plan with { Seed = new Seed(plan.Seed.Value + (ulong)turn), AtOnce = Math.Min(atOnce, repeat - turn) };
            // Servers of the user's own may hold the data of earlier runs, and each turn holds that of those before.
            string? name = turn > 0 || context.Value(Orders) is not null || context.Value(Postgres) is not null || context.Value(LabFolderOptions.RabbitMq) is not null ? string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds():x}") : null;
            outcomes.Add(await RunOneHereAsync(lab, next, next.Request(name, FolderOf(folder, next.Seed.Value, repeat)), context));
        }

        return outcomes;
    }

    private static async Task<RunOutcome> RunOneHereAsync(LabInfrastructure lab, RunPlan plan, RunRequest request, CommandContext context)
    {
        var teller = new RunTeller(plan, line => context.Screen.Note(line.Text), TimeProvider.System);
        await using var system = new OwnSystem(lab);
        RunReport report = await BatteryRunner.RunAsync(system, plan.System, request, teller, TimeProvider.System, context.Stop);
        await using var summary = new StringWriter();
        ConsoleReport.Write(summary, report, context.Screen.HasColours);
        var outcome = RunOutcome.Of(report, request.ReportFolder);
        outcome.Tell(context.Screen, context.Json, summary.ToString());
        return outcome;
    }

    /// <summary>On a lab that lives on: it knows what there is, so it also says what is wrong.</summary>
    private static async Task<IReadOnlyList<RunOutcome>> RunThereAsync(RunOrder order, int repeat, CommandContext context, Interrupts interrupts)
    {
        if (context.Value(Postgres) is not null || context.Value(LabFolderOptions.RabbitMq) is not null) throw new CommandException(ExitCode.Usage, "--postgres and --rabbitmq are for a lab of the run's own; the one that --lab names has its servers already.");
        if (context.Value(AtOnce) > 1) throw new CommandException(ExitCode.Usage, "--at-once is for a lab of the run's own, and not for the one that --lab names; leave one of the two out.");

        var outcomes = new List<RunOutcome>();
        for (int turn = 0; turn < repeat; turn++)
        {
            RunOutcome outcome = await RunOneThereAsync(order, repeat, context, interrupts);
            outcomes.Add(outcome);
            order = order with { Seed = outcome.Seed + 1 };
        }

        return outcomes;
    }

    private static async Task<RunOutcome> RunOneThereAsync(RunOrder order, int repeat, CommandContext context, Interrupts interrupts)
    {
        RemoteRun run = await RemoteRun.StartAsync(context.Lab, order, context.Stop);
        await run.FollowAsync(line => context.Screen.Note(line.Text), context.Stop, interrupts.Second);

        RunView end = run.View;
        string folder = end.Folder;
        if (context.Value(Report) is { } named)
        {
            folder = FolderOf(Path.GetFullPath(named), end.Seed, repeat);
            await run.FetchAsync(folder, context.Stop);
        }

        if (end.State == RunState.Cancelled) throw new CommandException(ExitCode.Inconclusive, $"The run was cancelled by somebody else.{(end.Failure is { } left ? $" {left}" : "")}");
        if (end.Verdict is not { } verdict) throw new CommandException(ExitCode.Infrastructure, $"The lab failed at the run: {end.Failure}");

        var outcome = new RunOutcome(end.Seed, verdict, (ExitCode)end.ExitCode!.Value, folder, end.Judged, end.Broken ?? 0, end.Inconclusive ?? 0);
        string summary = await run.SummaryAsync(context.Screen.HasColours, context.Stop);
        outcome.Tell(context.Screen, context.Json, summary);
        if (end.Failure is { } failure && !summary.Contains(failure, StringComparison.Ordinal)) context.Screen.Note(failure);
        return outcome;
    }

    private static string FolderOf(string folder, ulong seed, int repeat) => repeat == 1 ? folder : Path.Combine(folder, seed.ToString(CultureInfo.InvariantCulture));

    private static RunOrder OrderOf(CommandContext context)
    {
        string what = context.Arguments.GetValue(What) ?? Offer(context.Screen);
        bool isBattery = Systems.All.SelectMany(system => system.Checks.Batteries).Any(battery => battery.Name == what);
        bool isFile = !isBattery && File.Exists(what);
        if (isFile && OwnSystemReader.IsSystem(File.ReadAllText(what))) throw new CommandException(ExitCode.Usage, $"{what} describes a system; run an experiment or a battery file that names it (system: ./{Path.GetFileName(what)}), or start it with 'faultline up {what}'.");
        return new RunOrder
        {
            Battery = isFile ? null : what,
            Experiment = isFile ? File.ReadAllText(what) : null,
            File = isFile ? what : null,
            Folder = isFile ? Path.GetDirectoryName(Path.GetFullPath(what)) : null,
            Seed = context.Value(SeedOf),
            Guards = context.Value(Guards) is { } guards ? Parts(guards) : null,
            Replicas = context.Value(Replicas),
            Broker = context.Value(Broker),
            Profile = context.Value(Profile),
            Orders = context.Value(Orders) is { } orders && (File.Exists(orders) || Directory.Exists(orders)) ? Path.GetFullPath(orders) : context.Value(Orders), // A lab that runs may stand elsewhere.
            Long = context.Value(Long),
            Only = context.Value(Only) is { } only ? Parts(only) : null,
        };
    }

    private static string[] Parts(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

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

    private sealed class Lines(Screen screen) : IProgress<string>
    {
        public void Report(string value) => screen.Note(value);
    }
}
