using System.CommandLine;
using System.Text.Json;
using Faultline.Cli.Commands;
using Faultline.Cli.Output;

namespace Faultline.Cli.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string, string> WrongUsage { get; } = new()
    {
        { "frobnicate", "'frobnicate' is not known here; see 'faultline --help'." },
        { "kill", "'target' missing" },
        { "guards set ticketflow/tickets inbox maybe", "The state is 'maybe'; it must be on or off." },
        { "guards set tickets inbox off", "'tickets' names nothing; it must be like ticketflow/tickets" },
        { "logs tickets", "'tickets' names nothing; it must be like ticketflow/tickets" },
        { "up nosuch", "There is no system 'nosuch'; there are: ticketflow, restaurant; a system of your own is named by its file, such as ./my-system.yaml." },
        { "up --replicas 0", "--replicas is 0; it must be 1 to 9." },
        { "up --broker kafka", "--broker is 'kafka'; it must be postgresql or rabbitmq." },
        { "up --port 70000", "the port is 70000; it must be 1 to 65535" },
        { "up --bind 0.0.0.0", "needs a token of at least 16 characters" },
        { "up --bind nonsense", "'nonsense' is no address to bind to" },
        { "up --token short", "the token has 5 characters; it must have at least 16" },
        { "service ticketflow/nosuch", "There is no service 'ticketflow/nosuch'; there are: ticketflow/inquiries" },
        { "service ticketflow/tickets", "Faultline:Database is missing; it must be the connection string" },
        { "deadletters replay ticketflow/tickets", "or take all of them with --all; one of the two." },
        { "deadletters discard ticketflow/tickets 3 --all", "or take all of them with --all; one of the two." },
        { "reset --lab http://127.0.0.1:1", "say --yes when you mean it." },
        { "reset nosuch", "There is no system 'nosuch'; there are: ticketflow, restaurant." },
        { "status --lab here", "'here' is no address of a lab; --lab takes one like http://127.0.0.1:21000." },
        { "test", "'./faultline test' in the folder of the repository." },
    };

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public async Task Wrong_usage_is_one_sentence_on_standard_error_and_exit_code_2(string line, string sentence)
    {
        TestCommandLine run = await TestCommandLine.RunAsync(line.Split(' '));

        run.Sentence.ShouldContain(sentence);
        run.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("anomalies list")]
    [InlineData("guards list")]
    [InlineData("journey 1")]
    [InlineData("kill ticketflow/tickets")]
    public async Task A_lab_that_is_not_there_is_named_with_what_to_do(string line)
    {
        TestCommandLine run = await TestCommandLine.RunAsync([.. line.Split(' '), "--lab", TestCommandLine.NoLab]);

        run.Sentence.ShouldBe("No lab answers at http://127.0.0.1:1/; start one with 'faultline up', or name another with --lab.");
        run.ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_stack_trace_is_shown_only_with_verbose()
    {
        TestCommandLine plain = await TestCommandLine.RunAsync("status", "--lab", TestCommandLine.NoLab);
        TestCommandLine verbose = await TestCommandLine.RunAsync("status", "--lab", TestCommandLine.NoLab, "--verbose");

        plain.Error.ShouldNotContain("   at ");
        verbose.Error.ShouldContain("   at ");
    }

    [Fact]
    public async Task List_needs_no_lab_and_gives_machines_the_whole_catalogue()
    {
        TestCommandLine run = await TestCommandLine.RunAsync("list", "--json");

        run.ExitCode.ShouldBe(0);
        using JsonDocument catalogue = JsonDocument.Parse(run.Output);
        catalogue.RootElement.GetProperty("systems")[0].GetProperty("name").GetString().ShouldBe("ticketflow");
        catalogue.RootElement.GetProperty("guards").EnumerateArray().Select(guard => guard.GetProperty("name").GetString()).ShouldContain("outbox");
        JsonElement point = catalogue.RootElement.GetProperty("points").EnumerateArray().Single(point => point.GetProperty("name").GetString() == "relay.send.before");
        point.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetProperty("kind").GetString()).ShouldContain("crash");
    }

    [Fact]
    public async Task Output_that_is_no_terminal_has_no_colours_and_no_broken_lines()
    {
        TestCommandLine run = await TestCommandLine.RunAsync("list");

        run.Output.ShouldNotContain('\u001b');
        run.Output.Split('\n').ShouldContain(line => line.StartsWith("relay.send.before", StringComparison.Ordinal) && line.Contains("crash", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_arguments_the_help_shows_every_verb()
    {
        TestCommandLine run = await TestCommandLine.RunAsync();

        run.ExitCode.ShouldBe(0);
        string[] verbs = ["up", "run", "list", "status", "logs", "anomalies", "guards", "links", "toxics", "partition", "heal", "disruptor", "proxy", "kill", "pause", "resume", "stop", "restart", "deadletters", "journey", "migrate", "reset", "service", "test"];
        verbs.ShouldAllBe(verb => run.Output.Contains($"\n  {verb} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_verb_of_ours_has_examples()
    {
        using var interrupts = new Interrupts();
        RootCommand root = CommandLine.Create(new Screen(TextWriter.Null, TextWriter.Null, TextReader.Null, isTerminal: false, hasColours: false), interrupts);

        Verb[] verbs = [.. All(root).OfType<Verb>()];

        verbs.Length.ShouldBeGreaterThan(20);
        verbs.Where(verb => verb.Examples.Count == 0).ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_of_a_verb_ends_with_its_examples()
    {
        TestCommandLine run = await TestCommandLine.RunAsync("guards", "set", "--help");

        run.Output.ShouldContain("Examples:");
        run.Output.ShouldContain("faultline guards set ticketflow/tickets inbox off");
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
