using System.CommandLine;
using Faultline.Cli.Output;
using Faultline.Lab.Api;

namespace Faultline.Cli.Commands;

/// <summary>The verbs that take processes down and bring them back.</summary>
internal static class DisruptCommand
{
    private static readonly Argument<string> Target = new("target") { Description = "An instance (ticketflow/tickets-1), a service (ticketflow/tickets) or a cluster (postgres/services, postgres/queue)" };
    private static readonly Option<bool> StayDown = new("--stay-down") { Description = "Leave it down until it is restarted" };

    /// <summary>All five; they differ in a word.</summary>
    public static IEnumerable<Verb> CreateAll(Screen screen) =>
    [
        Create(screen, "kill", "Ends a process by SIGKILL; the lab starts it again at once", "faultline kill ticketflow/tickets-1", "faultline kill postgres/queue --stay-down"),
        Create(screen, "pause", "Makes a process stand still (SIGSTOP)", "faultline pause ticketflow/translations"),
        Create(screen, "resume", "Lets a paused process go on (SIGCONT)", "faultline resume ticketflow/translations"),
        Create(screen, "stop", "Asks a process to end (SIGTERM), and leaves it down", "faultline stop ticketflow/tickets"),
        Create(screen, "restart", "Stops a process if it runs, and starts it", "faultline restart ticketflow/tickets"),
    ];

    private static Verb Create(Screen screen, string name, string says, params string[] examples)
    {
        var verb = new Verb(name, says, examples) { Target };
        if (name == "kill") verb.Add(StayDown);
        return verb.Does(screen, context => RunAsync(context, name));
    }

    private static async Task RunAsync(CommandContext context, string verb)
    {
        bool? stayDown = context.Value(StayDown) ? true : null;
        DisruptionDone done = await context.Lab.PostAsync<DisruptionDone>("/api/disruptions", new DisruptionRequest(verb, context.Value(Target), stayDown), context.Stop);
        if (context.Json) context.Screen.Json(done);
        else foreach (InstanceStatus instance in done.Instances) context.Screen.Line($"{instance.Target} is {instance.State.ToString().ToLowerInvariant()}");
    }
}
