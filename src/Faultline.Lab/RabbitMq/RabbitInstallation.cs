using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.RabbitMq;

/// <summary>Where RabbitMQ's programs are. They are installed by a person, not by the lab.</summary>
/// <param name="Server">The script that becomes the broker.</param>
/// <param name="Call">The program that asks a running broker, of Erlang's own; null when it is not there.</param>
public sealed record RabbitInstallation(string Server, string? Call)
{
    /// <summary>What to tell when it is missing.</summary>
    public const string Missing = "RabbitMQ is not installed; run 'apt-get install rabbitmq-server' (the service that it sets up is not needed and may stay off)";

    // Debian's program on the search path insists on being root or its own user; the script behind it does not.
    private static readonly string[] Scripts = ["/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/homebrew/sbin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server"];

    /// <summary>Looks for it; null when it is not there.</summary>
    public static RabbitInstallation? Find()
    {
        string? server = Scripts.FirstOrDefault(File.Exists) ?? Keeper.Which("rabbitmq-server");
        return server is null || Keeper.Which("erl") is null ? null : new RabbitInstallation(server, Keeper.Which("erl_call"));
    }

    /// <summary>Looks for it, and fails with one sentence when it is not there.</summary>
    public static RabbitInstallation Require() => Find() ?? throw new LabException(Missing + ".");
}
