using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Output;

/// <summary>A command ends: one sentence with what was wrong and what to do, and the exit code.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(ExitCode code, string sentence, Exception? inner = null)
        : base(sentence, inner) => Code = code;

    public ExitCode Code { get; }
}
