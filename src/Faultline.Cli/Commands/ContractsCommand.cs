using System.CommandLine;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Hosting;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Writes the contracts of systems, and refuses what would break a version that was shipped.</summary>
internal static class ContractsCommand
{
    private static readonly Argument<string[]> Names = new("system") { Description = "Which systems; all when none is named", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Out = new("--out") { Description = "The folder of the contracts; each system has one of its own there", HelpName = "dir", DefaultValueFactory = _ => ContractFolder.Usual };
    private static readonly Option<bool> Check = new("--check") { Description = "Only compare: write nothing, and end with 1 when something differs" };

    public static Verb Create(Screen screen) => new Verb(
        "contracts",
        "Writes AsyncAPI documents, message schemas and the topology of systems from what their services declare; a change that breaks a shipped version is refused",
        "faultline contracts ticketflow", "faultline contracts --check   # for CI", "faultline contracts ticketflow --out /tmp/contracts")
    {
        Names, Out, Check,
    }.Does(screen, RunAsync);

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        IReadOnlyList<string> names = Systems.Named(context.Value(Names));
        string root = Path.GetFullPath(context.Value(Out)!, CommandContext.Root);
        List<Result> results = [];
        foreach ((SystemDefinition system, _) in Systems.All.Where(system => names.Contains(system.Definition.Name)))
        {
            var folder = new ContractFolder(system, root);
            IReadOnlyList<string> breaks = await folder.BreaksAsync(context.Stop);
            bool writes = !context.Value(Check) && breaks.Count == 0;
            results.Add(new Result(system.Name, folder.Path, breaks, writes ? await folder.RenewAsync(context.Stop) : await folder.DifferencesAsync(context.Stop), writes));
        }

        if (context.Json) context.Screen.Json(results);
        else foreach (Result result in results) Show(result, context.Screen);
        return results.Any(result => result.Breaks.Count > 0 || (!result.IsWritten && result.Files.Count > 0)) ? ExitCode.Violation : ExitCode.Passed;
    }

    private static void Show(Result result, Screen screen)
    {
        foreach (string problem in result.Breaks) screen.Line(problem);
        if (result.Breaks.Count > 0)
        {
            screen.Line($"{result.System}: {result.Breaks.Count} change(s) that break what was shipped; nothing was written.");
            return;
        }

        foreach (string file in result.Files) screen.Line(Path.Combine(result.Folder, file));
        screen.Line(result switch
        {
            { Files.Count: 0 } => $"{result.System}: the contracts are up to date.",
            { IsWritten: true } => $"{result.System}: {result.Files.Count} file(s) renewed.",
            _ => $"{result.System}: {result.Files.Count} file(s) differ from what the code declares; 'faultline contracts {result.System}' renews them.",
        });
    }

    /// <summary>What became of one system's contracts.</summary>
    /// <param name="System">The system.</param>
    /// <param name="Folder">Where its contracts lie.</param>
    /// <param name="Breaks">What breaks a shipped version.</param>
    /// <param name="Files">The files that were written, or that differ.</param>
    /// <param name="IsWritten">Whether they were written.</param>
    private sealed record Result(string System, string Folder, IReadOnlyList<string> Breaks, IReadOnlyList<string> Files, bool IsWritten);
}
