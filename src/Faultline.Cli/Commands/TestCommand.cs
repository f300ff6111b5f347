using Faultline.Cli.Output;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>A hint: the launcher runs the tests, because it also builds them.</summary>
internal static class TestCommand
{
    public static Verb Create(Screen screen) => new Verb("test", "All tests of the project; done by the launcher ./faultline in the repository", "./faultline test").Does(
        screen, Task<ExitCode> (_) => throw new CommandException(ExitCode.Usage, "The tests are run by the launcher: './faultline test' in the folder of the repository."));
}
