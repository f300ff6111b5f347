using System.CommandLine;
using Faultline.Cli.Composition;
using Faultline.Cli.Output;
using Faultline.Hosting;
using Faultline.Verification.Verdicts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Faultline.Cli.Commands;

/// <summary>Runs one service instance in this process.</summary>
internal static class ServiceCommand
{
    private static readonly Argument<string> Service = new("service") { Description = "As system/service" };

    public static Verb Create(Screen screen)
    {
        var verb = new Verb(
            "service", "Runs one service instance in this process; a lab starts its services so",
            "faultline service ticketflow/tickets --urls http://127.0.0.1:8080    # the rest comes from the environment: Faultline__Database, Faultline__BrokerConnection, ...")
        {
            Service,
        };
        verb.TreatUnmatchedTokensAsErrors = false; // Configuration on the command line, as --urls.
        return verb.Does(screen, RunAsync);
    }

    private static async Task RunAsync(CommandContext context)
    {
        (SystemDefinition system, ServiceDefinition service) = Systems.FindService(context.Value(Service));
        try
        {
            await using WebApplication app = await ServiceHost.CreateAsync(system, service, [.. context.Arguments.UnmatchedTokens], Backend.OpenAsync, context.Stop);
            await app.StartAsync(context.Stop);
            await app.WaitForShutdownAsync(context.Stop);
        }
        catch (NpgsqlException error)
        {
            throw new CommandException(ExitCode.Infrastructure, $"The database or the broker of {service.Name} cannot be used: {error.Message}.", error);
        }
        catch (IOException error) when (error.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandException(ExitCode.Infrastructure, $"{service.Name} cannot listen: {error.Message.TrimEnd('.')}; choose another address with --urls.", error);
        }
    }
}
