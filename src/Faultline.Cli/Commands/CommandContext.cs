using System.CommandLine;
using Faultline.Cli.Client;
using Faultline.Cli.Output;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>What a command works with: the arguments, the screen, and the lab that it speaks to.</summary>
internal sealed class CommandContext(ParseResult arguments, Screen screen, CancellationToken stop) : IDisposable
{
    private readonly Lazy<ApiClient> _lab = new(() => new ApiClient(LabOf(arguments), arguments.GetValue(CommonOptions.Token) ?? Environment.GetEnvironmentVariable("FAULTLINE_TOKEN"), screen));

    public ParseResult Arguments { get; } = arguments;

    public Screen Screen { get; } = screen;

    /// <summary>Ctrl+C, or SIGTERM.</summary>
    public CancellationToken Stop { get; } = stop;

    /// <summary>Speaks to the lab that <c>--lab</c> names.</summary>
    public ApiClient Lab => _lab.Value;

    /// <summary>Whether a program reads the output.</summary>
    public bool Json => Arguments.GetValue(CommonOptions.Json);

    public bool Verbose => Arguments.GetValue(CommonOptions.Verbose);

    /// <summary>The folder that holds <c>.faultline</c>.</summary>
    public static string Root => Environment.GetEnvironmentVariable("FAULTLINE_ROOT") is { Length: > 0 } root ? root : Environment.CurrentDirectory;

    public T? Value<T>(Option<T> option) => Arguments.GetValue(option);

    public T Value<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);

    public void Dispose()
    {
        if (_lab.IsValueCreated) _lab.Value.Dispose();
    }

    private static Uri LabOf(ParseResult arguments)
    {
        string text = arguments.GetValue(CommonOptions.Lab)!;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? lab) && lab.Scheme is ("http" or "https")
            ? lab
            : throw new CommandException(ExitCode.Usage, $"'{text}' is no address of a lab; --lab takes one like {CommonOptions.UsualLab}.");
    }
}
