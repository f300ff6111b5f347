using System.CommandLine;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Lab.Control;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Wipes the databases, the queue and the data folders of a system and builds them anew; through the lab when it runs.</summary>
internal static class ResetCommand
{
    private static readonly Argument<string[]> Names = new("system") { Description = "Which systems; all when none is named", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask" };

    public static Verb Create(Screen screen) => new Verb("reset", "Wipes the databases, the queue and the data folders of a system and builds them anew", "faultline reset", "faultline reset ticketflow --yes")
    {
        Names, Yes, LabFolderOptions.Postgres,
    }.Does(screen, RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        IReadOnlyList<string> names = Systems.Named(context.Value(Names));
        bool isRunning = await LabFolder.IsRunningAsync(context);
        string what = $"all data of {string.Join(", ", names)} in the lab {(isRunning ? context.Lab.Lab : $"of {CommandContext.Root}, port {context.Lab.Lab.Port}")}";
        if (!context.Value(Yes)) Ask(context.Screen, what);

        if (isRunning)
        {
            foreach (string name in names) await context.Lab.SendAsync(HttpMethod.Post, $"/api/systems/{Uri.EscapeDataString(name)}/reset", context.Stop);
        }
        else
        {
            await using ControlPlane plane = await LabFolder.OpenAsync(context);
            foreach (string name in names) await plane.ResetAsync(name, context.Stop);
        }

        if (context.Json) context.Screen.Json(new { reset = names });
        else context.Screen.Line($"Wiped {what}");
    }

    private static void Ask(Screen screen, string what)
    {
        if (!screen.IsTerminal) throw new CommandException(ExitCode.Usage, $"This wipes {what}; say --yes when you mean it.");

        screen.Output.Write($"This wipes {what}. Go on? [y/N] ");
        if (screen.Input.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES")) throw new CommandException(ExitCode.Usage, "Nothing was wiped.");
    }
}
