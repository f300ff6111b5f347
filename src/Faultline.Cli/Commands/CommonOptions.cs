using System.CommandLine;

namespace Faultline.Cli.Commands;

/// <summary>The options that every command has.</summary>
internal static class CommonOptions
{
    public const string UsualLab = "http://127.0.0.1:21000";

    public static readonly Option<string> Lab = new("--lab") { Description = "The address of the lab", HelpName = "url", DefaultValueFactory = _ => UsualLab, Recursive = true };

    public static readonly Option<string?> Token = new("--token") { Description = "The lab's token, when it has one; or the variable FAULTLINE_TOKEN", HelpName = "token", Recursive = true };

    public static readonly Option<bool> Json = new("--json") { Description = "Output for machines", Recursive = true };

    public static readonly Option<bool> Verbose = new("--verbose") { Description = "Say more; show stack traces of failures", Recursive = true };
}
