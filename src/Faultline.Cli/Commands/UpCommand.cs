using System.CommandLine;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Lab;
using Faultline.Lab.Api;
using Faultline.Lab.Control;
using Faultline.Lab.Problems;
using Faultline.Lab.Disruptor;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Verification.Experiments;
using Faultline.Protocol.Services;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Starts a lab with its systems, and waits until somebody ends it.</summary>
internal static class UpCommand
{
    private const int ReplicasMax = 9;

    private static readonly Argument<string[]> Names = new("system") { Description = "Which systems; all that come with Faultline when none is named. A system of your own is named by its file", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<int> Port = new("--port") { Description = "The lab's port, which also names its folder; 0 for a free one and a folder that goes with it", HelpName = "port", DefaultValueFactory = _ => 21_000 };
    private static readonly Option<int> Replicas = new("--replicas") { Description = "Instances of each service, 1 to 9", HelpName = "n", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Broker = new("--broker") { Description = "The broker: postgresql or rabbitmq", HelpName = "name", DefaultValueFactory = _ => BrokerNames.PostgreSql };
    private static readonly Option<string?> Postgres = LabFolderOptions.Postgres;
    private static readonly Option<bool> Infra = new("--infra") { Description = "Only the databases and the broker, no system" };
    private static readonly Option<bool> NoSamples = new("--no-samples") { Description = "Without sample data" };
    private static readonly Option<string?> Bind = new("--bind") { Description = "Answer on this address too, for other machines; needs --token", HelpName = "address" };

    public static Verb Create(Screen screen, Interrupts interrupts) => new Verb(
        "up", "Starts the lab and its systems, prints the addresses, and runs until Ctrl+C",
        "faultline up",
        "faultline up ticketflow --replicas 2",
        "faultline up ./my-system.yaml                 # a system of your own",
        "faultline up --port 21001                     # a second lab beside the first",
        "faultline up --infra                          # databases and broker only",
        "faultline up --broker rabbitmq                # on RabbitMQ, which must be installed",
        "faultline up --postgres 'Host=db;Username=postgres;Password=...'",
        "FAULTLINE_TOKEN=... faultline up --bind 0.0.0.0")
    {
        Names, Port, Replicas, Broker, Postgres, LabFolderOptions.RabbitMq, Infra, Bind, NoSamples, LabFolderOptions.NoLinks,
    }.Does(screen, context => RunAsync(context, interrupts));

    private static async Task RunAsync(CommandContext context, Interrupts interrupts)
    {
        (IReadOnlyList<string> names, IReadOnlyList<LabSystemSpec> known) = context.Value(Infra) ? ([], Systems.Specs()) : Systems.Chosen(context.Value(Names));
        LabSystemOptions how = SystemOptionsOf(context);
        LabServerOptions where = ServerOptionsOf(context);
        LabServer.RequireFreePort(where);

        var progress = new Lines(context.Screen);
        var options = new LabOptions { Root = CommandContext.Root, Name = where.Port == 0 ? null : where.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), Postgres = context.Value(Postgres), RabbitMq = context.Value(LabFolderOptions.RabbitMq), Links = !context.Value(LabFolderOptions.NoLinks) };
        ControlPlane plane = await ControlPlane.StartAsync(options, known, TimeProvider.System, progress, context.Stop);
        LabServer? server = null;
        Task samples = Task.CompletedTask;
        try
        {
            TellSweep(plane.Lab, context.Screen);
            server = await LabServer.StartAsync(plane, where, context.Stop);
            foreach (string name in names)
            {
                progress.Report($"Starting {name}");
                await plane.StartSystemAsync(name, how, context.Stop);
            }

            samples = context.Value(NoSamples) ? Task.CompletedTask : Task.WhenAll(plane.Running.Where(system => system.Spec.Checks.Samples is not null).Select(system => SampleAsync(plane, system.Spec.Name, context)));
            plane.Phase = LabPhase.Running; // From now on runs are accepted; each waits for the samples that have begun.
            TellAddresses(plane, server, context);
            await WatchAsync(plane, context);
        }
        finally
        {
            await samples;
            await EndAsync(plane, server, interrupts, context.Screen);
        }
    }

    private static LabSystemOptions SystemOptionsOf(CommandContext context)
    {
        int replicas = context.Value(Replicas);
        if (replicas is < 1 or > ReplicasMax) throw new CommandException(ExitCode.Usage, $"--replicas is {replicas}; it must be 1 to {ReplicasMax}.");

        string broker = context.Value(Broker)!;
        return BrokerNames.All.Contains(broker)
            ? new LabSystemOptions { Replicas = replicas, Broker = broker }
            : throw new CommandException(ExitCode.Usage, $"--broker is '{broker}'; it must be {string.Join(" or ", BrokerNames.All)}.");
    }

    private static LabServerOptions ServerOptionsOf(CommandContext context)
    {
        var options = new LabServerOptions
        {
            Port = context.Value(Port),
            Bind = context.Value(Bind),
            Token = context.Value(CommonOptions.Token) ?? Environment.GetEnvironmentVariable("FAULTLINE_TOKEN"),
            Verbose = context.Verbose,
            Kinds = FaultKindViews.All,
            Workbench = WorkbenchFolder.Find(),
        };
        string[] problems = [.. options.Problems()];
        return problems.Length == 0 ? options : throw new CommandException(ExitCode.Usage, $"The lab cannot be served: {string.Join("; ", problems)}.");
    }

    private static void TellSweep(LabInfrastructure lab, Screen screen)
    {
        if (lab.Sweep.ProcessesEnded > 0) screen.Note($"Ended {lab.Sweep.ProcessesEnded} processes that a lab had left behind which was killed");
        foreach (string problem in lab.Sweep.Problems) screen.Note(problem);
        foreach (HealedTarget healed in lab.Disruptor.HealedAtStart) screen.Note($"{healed.Target} is back ({healed.Verb} at {healed.At:HH:mm:ss} by an earlier lab)");
    }

    private static void TellAddresses(ControlPlane plane, LabServer server, CommandContext context)
    {
        SupervisedProcess[] instances = [.. plane.Running.SelectMany(system => system.Spec.Services.SelectMany(service => system.InstancesOf(service.Service)))];
        KeyValuePair<string, OwnProgram>[] attached = [.. plane.Running.SelectMany(system => system.Spec.Programs).Where(program => program.Value.Address is not null)];
        Uri lab = server.Addresses[0];
        if (context.Json)
        {
            context.Screen.JsonLine(new Addresses(lab, Environment.ProcessId, [.. instances.Select(instance => new Address(instance.Target, AddressOf(instance)))]));
            return;
        }

        context.Screen.Table(["", ""], [[Screen.Safe("lab"), Screen.Safe(lab.ToString())], .. attached.Select(service => (string[])[Screen.Safe($"{service.Key} (runs already)"), Screen.Safe(service.Value.Address!.ToString())]), .. instances.Select(instance => (string[])[Screen.Safe(instance.Target), AddressOf(instance).ToString()])]);
        context.Screen.Line("Ctrl+C stops everything.");
    }

    private static Uri AddressOf(SupervisedProcess instance) => new($"http://127.0.0.1:{instance.Port}");

    /// <summary>Makes sample data while the lab is at work already.</summary>
    private static async Task SampleAsync(ControlPlane plane, string system, CommandContext context)
    {
        try
        {
            SampleOutcome outcome = await plane.SampleAsync(system, removes: false, context.Stop);
            if (outcome.Count > 0) context.Screen.Note($"{system} has sample data: {outcome.Count} {plane.FindRunning(system)?.Spec.Checks.Samples?.Says}; 'faultline samples remove' takes it away");
            if (outcome.Problem is { } problem) context.Screen.Note($"The sample data of {system} is not complete: {problem}");
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            return; // The lab ends; the next one goes on with it.
        }
        catch (LabException gone)
        {
            context.Screen.Note($"The sample data of {system} is not complete: {gone.Message}"); // Somebody has stopped the system meanwhile.
        }
    }

    /// <summary>Tells what falls down and what comes back, until somebody ends the lab.</summary>
    private static async Task WatchAsync(ControlPlane plane, CommandContext context)
    {
        HashSet<string> down = [];
        try
        {
            await foreach (ProcessChange change in plane.Lab.Changes.ReadAsync(context.Stop))
            {
                string at = $"{change.At.ToLocalTime():HH:mm:ss} {change.Target}";
                if (change.State is ProcessState.Crashed or ProcessState.Stopped or ProcessState.Paused or ProcessState.Unhealthy)
                {
                    down.Add(change.Target);
                    context.Screen.Note($"{at} is {change.State.ToString().ToLowerInvariant()}{(change.Detail is { } why ? $": {why.Split('\n')[0]}" : "")}");
                }
                else if (change.State == ProcessState.Healthy && down.Remove(change.Target))
                {
                    context.Screen.Note($"{at} is healthy again");
                }
            }
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            return; // The usual end.
        }
    }

    private static async Task EndAsync(ControlPlane plane, LabServer? server, Interrupts interrupts, Screen screen)
    {
        screen.Note("Stopping; once more Ctrl+C to hurry");
        await using CancellationTokenRegistration hurry = interrupts.Second.Register(() => Hurry(plane));
        if (server is not null) await server.DisposeAsync();
        await plane.DisposeAsync();
    }

    /// <summary>Whoever waits for an instance sees its end; so nobody has to wait for this.</summary>
    private static void Hurry(ControlPlane plane) => _ = plane.HurryAsync();

    /// <summary>Where everything answers.</summary>
    private sealed record Addresses(Uri Lab, int Pid, IReadOnlyList<Address> Instances);

    private sealed record Address(string Target, Uri Url);

    /// <summary>Writes each line at once and in order, which Progress does not.</summary>
    private sealed class Lines(Screen screen) : IProgress<string>
    {
        public void Report(string value) => screen.Note(value);
    }
}
