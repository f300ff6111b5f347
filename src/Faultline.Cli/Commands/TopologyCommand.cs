using System.CommandLine;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Hosting;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Faultline.Verification.Verdicts;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Faultline.Cli.Commands;

/// <summary>Compares what a broker holds with what a system declares.</summary>
internal static class TopologyCommand
{
    private static readonly Argument<string> Name = new("system") { Description = "Which system" };
    private static readonly Option<string> Broker = new("--broker") { Description = "The broker: amqp://user:password@host:5672/vhost, or a PostgreSQL connection string", HelpName = "address", Required = true };
    private static readonly Option<string?> Management = new("--management") { Description = "RabbitMQ's management API; without it port 15672 of the broker's host is tried", HelpName = "url" };
    private static readonly Option<int> Partitions = new("--partitions") { Description = "The partitions of each queue, as the services are configured", HelpName = "number", DefaultValueFactory = _ => SystemTopology.DefaultPartitions };

    public static Verb Create(Screen screen) => new Verb(
        "topology",
        "Compares the exchanges, queues, bindings and streams of a broker with what a system declares; changes nothing, and ends with 1 when something differs",
        "faultline topology ticketflow --broker amqp://guest:guest@127.0.0.1:5672/",
        "faultline topology ticketflow --broker 'Host=127.0.0.1;Port=5432;Database=queue;Username=me;Password=...'")
    {
        Name, Broker, Management, Partitions,
    }.Does(screen, RunAsync);

    private static async Task<ExitCode> RunAsync(CommandContext context)
    {
        SystemDefinition system = Systems.All.First(system => system.Definition.Name == Systems.Named([context.Value(Name)])[0]).Definition;
        TopologyFindings findings = await CompareAsync(context, system.Topology(context.Value(Partitions)));
        if (context.Json)
        {
            context.Screen.Json(new { findings.Differences, findings.NotCompared });
        }
        else
        {
            foreach (TopologyDifference difference in findings.Differences) context.Screen.Line(difference.ToString());
            foreach (string left in findings.NotCompared) context.Screen.Note($"Not compared: {left}.");
            context.Screen.Line(findings.Differences.Count == 0 ? $"{system.Name}: the broker is as declared." : $"{system.Name}: {findings.Differences.Count} difference(s).");
        }

        return findings.Differences.Count == 0 ? ExitCode.Passed : ExitCode.Violation;
    }

    private static async Task<TopologyFindings> CompareAsync(CommandContext context, SystemTopology topology)
    {
        string broker = context.Value(Broker)!;
        Uri? management = context.Value(Management) is { } text
            ? Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address : throw new CommandException(ExitCode.Usage, $"--management is '{text}'; it must be like http://127.0.0.1:15672.")
            : null;
        try
        {
            if (broker.StartsWith("amqp", StringComparison.OrdinalIgnoreCase)) return await RabbitMqTopologyCheck.CompareAsync(broker, management, topology, NullLogger.Instance, context.Stop);

            await using NpgsqlDataSource source = NpgsqlDataSource.Create(broker);
            return await PostgreSqlTopologyCheck.CompareAsync(source, topology, context.Stop);
        }
        catch (ArgumentException)
        {
            // The text itself is not repeated: it may hold a password.
            throw new CommandException(ExitCode.Usage, "--broker is neither like amqp://user:password@127.0.0.1:5672/ nor a PostgreSQL connection string.");
        }
        catch (TransportException error)
        {
            throw new CommandException(ExitCode.Infrastructure, $"The broker could not be compared: {error.Message}");
        }
    }
}
