using Faultline.Cli.Output;

namespace Faultline.Cli.Tests;

/// <summary>One run of the command line in this process.</summary>
internal sealed record TestCommandLine(int ExitCode, string Output, string Error)
{
    /// <summary>An address where nobody listens: port 1 needs rights that no test has.</summary>
    public const string NoLab = "http://127.0.0.1:1";

    public static async Task<TestCommandLine> RunAsync(params string[] args)
    {
        using var interrupts = new Interrupts();
        return await RunAsync(interrupts, args);
    }

    public static async Task<TestCommandLine> RunAsync(Interrupts interrupts, params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var screen = new Screen(output, error, TextReader.Null, isTerminal: false, hasColours: false);
        int code = await CommandLine.RunAsync(args, screen, interrupts);
        return new TestCommandLine(code, output.ToString(), error.ToString());
    }

    /// <summary>The one sentence of an error.</summary>
    public string Sentence
    {
        get
        {
            Error.TrimEnd().ShouldNotContain("\n");
            Output.ShouldBeEmpty();
            return Error.TrimEnd();
        }
    }
}
