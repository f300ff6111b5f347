using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Faultline.Cli.Commands;
using Faultline.Cli.Output;
using Faultline.Hosting.Configuration;
using Faultline.Lab.Problems;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli;

/// <summary>The whole command line: its verbs, its help, and how it ends.</summary>
internal static class CommandLine
{
    private const string Says = "Runs message-driven systems, breaks them on purpose, and accounts for what survived.";

    public static async Task<int> RunAsync(string[] args, Screen screen, Interrupts interrupts)
    {
        bool verbose = args.Contains(CommonOptions.Verbose.Name);
        try
        {
            RootCommand root = Create(screen, interrupts);
            ParseResult parsed = root.Parse(args.Length > 0 ? RunCommand.JoinGuards(args) : ["--help"]);
            if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction) throw new CommandException(ExitCode.Usage, Explain(parsed));

            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = screen.Output, Error = screen.Error };
            return await parsed.InvokeAsync(configuration, interrupts.First);
        }
        catch (OperationCanceledException) when (interrupts.First.IsCancellationRequested)
        {
            return End(ExitCode.Inconclusive, "Interrupted.", null, screen);
        }
        catch (CommandException error)
        {
            return End(error.Code, error.Message, verbose ? error : null, screen);
        }
        catch (ConfigurationException error)
        {
            return End(ExitCode.Usage, error.Message, verbose ? error : null, screen);
        }
        catch (LabException error)
        {
            return End(ExitCode.Infrastructure, error.Message, verbose ? error : null, screen);
        }
        catch (Exception error)
        {
            // The edge of the process: whatever it was, it ends in a sentence.
            return End(ExitCode.Infrastructure, $"Something failed that should not: {error.Message} Run it again with --verbose to see where.", verbose ? error : null, screen);
        }
    }

    /// <summary>All verbs, in the order in which the help shows them.</summary>
    public static RootCommand Create(Screen screen, Interrupts interrupts)
    {
        var root = new RootCommand(Says)
        {
            UpCommand.Create(screen, interrupts),
            RunCommand.Create(screen, interrupts),
            ListCommand.Create(screen),
            StatusCommand.Create(screen),
            LogsCommand.Create(screen),
            AnomaliesCommand.Create(screen),
            GuardsCommand.Create(screen),
            LinksCommand.Create(screen),
            ToxicsCommand.Create(screen),
            PartitionCommand.Create(screen),
            PartitionCommand.CreateHeal(screen),
        };
        foreach (Verb disruption in DisruptCommand.CreateAll(screen)) root.Add(disruption);
        root.Add(DisruptorCommand.Create(screen));
        root.Add(DeadLettersCommand.Create(screen));
        root.Add(JourneyCommand.Create(screen));
        root.Add(ContractsCommand.Create(screen));
        root.Add(TopologyCommand.Create(screen));
        root.Add(MigrateCommand.Create(screen));
        root.Add(ResetCommand.Create(screen));
        root.Add(SamplesCommand.Create(screen));
        root.Add(ProxyCommand.Create(screen));
        root.Add(ServiceCommand.Create(screen));
        root.Add(TestCommand.Create(screen));
        root.Add(CommonOptions.Lab);
        root.Add(CommonOptions.Token);
        root.Add(CommonOptions.Json);
        root.Add(CommonOptions.Verbose);
        foreach (HelpOption help in root.Options.OfType<HelpOption>()) help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static string Explain(ParseResult parsed)
    {
        // A word that is unknown explains more than what is missing because of it.
        string? unknown = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is not known here" : null;
        string problem = unknown ?? parsed.Errors[0].Message.TrimEnd('.');
        string command = string.Join(' ', Path(parsed.CommandResult).Reverse());
        return $"{problem}; see '{command} --help'.";
    }

    private static IEnumerable<string> Path(SymbolResult? result)
    {
        for (; result is CommandResult command; result = command.Parent) yield return command.Command is RootCommand ? "faultline" : command.Command.Name;
    }

    private static int End(ExitCode code, string sentence, Exception? shown, Screen screen)
    {
        screen.Note(shown is null ? sentence : $"{sentence}\n{shown}");
        return (int)code;
    }

    /// <summary>The usual help, and examples after it.</summary>
    private sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int result = usual.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (string example in verb.Examples) output.WriteLine($"  {example}");
                output.WriteLine();
            }

            return result;
        }
    }
}
