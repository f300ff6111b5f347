using System.CommandLine;
using System.Globalization;
using Faultline.Cli.Output;
using Faultline.Lab.Api;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Shows what a service, an instance or a cluster writes.</summary>
internal static class LogsCommand
{
    private static readonly Argument<string> Target = new("target") { Description = "A service (ticketflow/tickets), an instance (ticketflow/tickets-1) or a cluster (postgres/queue)" };
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with each new line as it comes, until Ctrl+C" };
    private static readonly Option<int> Lines = new("--lines", "-n") { Description = "How many of the last lines, 0 to 500", HelpName = "n", DefaultValueFactory = _ => 100 };

    public static Verb Create(Screen screen) => new Verb("logs", "What a service, an instance or a cluster writes", "faultline logs ticketflow/tickets", "faultline logs ticketflow/tickets-1 -f -n 20")
    {
        Target, Follow, Lines,
    }.Does(screen, RunAsync);

    /// <summary>A target as a part of an address.</summary>
    public static string PathOf(string target) => target.Split('/') is [{ Length: > 0 } scope, { Length: > 0 } name]
        ? $"{Uri.EscapeDataString(scope)}/{Uri.EscapeDataString(name)}"
        : throw new CommandException(ExitCode.Usage, $"'{target}' names nothing; it must be like ticketflow/tickets, ticketflow/tickets-1 or postgres/queue ('faultline status' lists them).");

    private static async Task RunAsync(CommandContext context)
    {
        string path = $"/api/logs/{PathOf(context.Value(Target))}";
        string query = string.Create(CultureInfo.InvariantCulture, $"?lines={context.Value(Lines)}");
        if (!context.Value(Follow))
        {
            IReadOnlyList<LogView> lines = await context.Lab.GetAsync<IReadOnlyList<LogView>>(path + query, context.Stop);
            if (context.Json) context.Screen.Json(lines);
            else foreach (LogView line in lines) Show(line, context.Screen);
            return;
        }

        try
        {
            await foreach (LogView line in context.Lab.FollowAsync<LogView>($"{path}/follow{query}", context.Stop))
            {
                if (context.Json) context.Screen.JsonLine(line);
                else Show(line, context.Screen);
            }
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            return; // Ctrl+C is how following ends.
        }
    }

    private static void Show(LogView line, Screen screen) => screen.Line($"{line.Target[(line.Target.IndexOf('/') + 1)..]} {line.Text}");
}
