using System.CommandLine;

namespace Faultline.Cli.Commands;

/// <summary>The options of commands that open a lab's databases themselves.</summary>
internal static class LabFolderOptions
{
    public static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "Use this PostgreSQL server (14 or newer) in place of private ones",
        HelpName = "connection string",
    };
}
