using System.CommandLine;
using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Lab.Api;
using Faultline.Lab.Control;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>The disruptor by hand: takes something down every so often, and brings it back.</summary>
internal static class DisruptorCommand
{
    private static readonly Argument<string[]> Targets = new("target") { Description = "Services, servers (postgres/services, broker) and links (tickets-broker); all services when none is named", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> OfSystem = new("--system") { Description = "The system, when several run", HelpName = "name" };
    private static readonly Option<string[]> Verbs = new("--verbs") { Description = "What is done: kill, stop, pause; a link is cut", HelpName = "verbs", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<double?> Every = new("--every") { Description = "How often; 5 when absent", HelpName = "seconds" };
    private static readonly Option<double?> DownMax = new("--down") { Description = "The longest time down; 3 when absent", HelpName = "seconds" };
    private static readonly Option<int?> AtOnce = new("--at-once") { Description = "How many may be down at the same time; 2 when absent", HelpName = "n" };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Decides every choice; drawn and shown when absent", HelpName = "n" };

    public static Verb Create(Screen screen) => new(
        "disruptor", "Takes processes and links down every so often, and brings them back", "faultline disruptor start", "faultline disruptor status", "faultline disruptor stop")
    {
        new Verb(
            "start", "Sets it to work",
            "faultline disruptor start ticketflow/tickets ticketflow/inquiries --every 3 --seed 7",
            "faultline disruptor start tickets-broker postgres/services --down 2 --at-once 1")
        {
            Targets, OfSystem, Verbs, Every, DownMax, AtOnce, Seed,
        }.Does(screen, StartAsync),
        new Verb("status", "What it does", "faultline disruptor status").Does(screen, async context => Show(await context.Lab.GetAsync<DisruptorView>("/api/disruptor", context.Stop), context)),
        new Verb("stop", "Stops it, and waits until everything is back that it took down", "faultline disruptor stop").Does(screen, async context => Show(await context.Lab.DeleteAsync<DisruptorView>("/api/disruptor", context.Stop), context)),
    };

    private static async Task StartAsync(CommandContext context)
    {
        if (context.Value(Every) is { } every && !double.IsFinite(every)) throw new CommandException(ExitCode.Usage, $"--every is {every}; it must be a number of seconds.");

        var request = new DisruptorRequest(
            context.Value(OfSystem), context.Value(Targets) is { Length: > 0 } targets ? targets : null, context.Value(Verbs) is { Length: > 0 } verbs ? verbs : null, context.Value(Every), context.Value(DownMax),
            context.Value(AtOnce), context.Value(Seed));
        Show(await context.Lab.PostAsync<DisruptorView>("/api/disruptor", request, context.Stop), context);
    }

    private static void Show(DisruptorView view, CommandContext context)
    {
        if (context.Json)
        {
            context.Screen.Json(view);
            return;
        }

        context.Screen.Line(view.System is null ? "The disruptor is not at work." : $"The disruptor {(view.IsRunning ? "is at work" : "has ended")} on {view.System}, seed {view.Seed}; {view.Done} times something was down{(view.Down.Count == 0 ? "" : $", now {string.Join(", ", view.Down)}")}");
        foreach (var mark in view.Last) context.Screen.Line($"  {mark.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {mark.Says}");
        if (view.Problem is { } problem) context.Screen.Note(problem);
    }
}
