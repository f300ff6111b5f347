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

    public static readonly Option<bool> NoLinks = new("--no-links") { Description = "Let the processes speak to each other directly: no fault proxy stands between, and no link can be broken" };

    public static readonly Option<string?> RabbitMq = new("--rabbitmq")
    {
        Description = "Use this RabbitMQ (3.10 or newer) in place of a private one, for systems on the broker rabbitmq",
        HelpName = "amqp://user:password@host:port/virtual-host",
    };
}
