using System.CommandLine;
using Faultline.Cli.Output;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>A command with its examples, which its help shows.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string description, params IReadOnlyList<string> examples)
        : base(name, description) => Examples = examples;

    /// <summary>Full command lines, each with a word on what it does after <c>#</c> where needed.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Says what the command does.</summary>
    public Verb Does(Screen screen, Func<CommandContext, Task<ExitCode>> act)
    {
        SetAction(async (arguments, stop) =>
        {
            using var context = new CommandContext(arguments, screen, stop);
            return (int)await act(context);
        });
        return this;
    }

    /// <summary>Says what the command does, when only a failure makes a difference.</summary>
    public Verb Does(Screen screen, Func<CommandContext, Task> act) => Does(screen, async context =>
    {
        await act(context);
        return ExitCode.Passed;
    });
}
