using System.CommandLine;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Verification.Experiments;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Makes the sample data of running systems, or removes it.</summary>
internal static class SamplesCommand
{
    private const string Load = "load", Remove = "remove";

    private static readonly Argument<string> What = new("what") { Description = "load or remove" };
    private static readonly Argument<string[]> Names = new("system") { Description = "Which systems; all that have sample data when none is named", Arity = ArgumentArity.ZeroOrMore };

    public static Verb Create(Screen screen)
    {
        What.AcceptOnlyFromAmong(Load, Remove);
        return new Verb("samples", "Makes the sample data of a system that runs, or removes it and leaves everything else", "faultline samples remove", "faultline samples load ticketflow") { What, Names }.Does(screen, RunAsync);
    }

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        bool removes = context.Value(What) == Remove;
        IReadOnlyList<string> names = context.Value(Names) is { Length: > 0 } named ? Systems.Named(named) : [.. Systems.All.Where(system => system.Checks.Samples is not null).Select(system => system.Definition.Name)];
        var outcomes = new List<Result>();
        foreach (string name in names)
        {
            string path = $"/api/systems/{Uri.EscapeDataString(name)}/samples";
            SampleOutcome outcome = removes ? await context.Lab.DeleteAsync<SampleOutcome>(path, context.Stop) : await context.Lab.PostAsync<SampleOutcome>(path, new { }, context.Stop);
            outcomes.Add(new Result(name, outcome.Count, outcome.Problem));
        }

        if (context.Json) context.Screen.Json(outcomes);
        else foreach (Result outcome in outcomes) context.Screen.Line($"{outcome.System}: {outcome.Count} {(removes ? "removed" : "made")}{(outcome.Problem is { } problem ? $"; {problem}" : "")}");
        return outcomes.Any(outcome => outcome.Problem is not null) ? ExitCode.Infrastructure : ExitCode.Passed;
    }

    private sealed record Result(string System, int Count, string? Problem);
}
