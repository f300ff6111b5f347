using Faultline.Cli.Composition;
using Faultline.Hosting;
using Microsoft.AspNetCore.Builder;
using TicketFlow;

namespace Faultline.Cli.Commands;

internal static class ServiceCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        SystemDefinition system = TicketFlowSystem.Definition;
        ServiceDefinition service = system.Services.Single(service => service.Name == args[0]);
        await using WebApplication app = await ServiceHost.CreateAsync(system, service, args[1..], PostgresBackend.OpenAsync, CancellationToken.None);
        await app.RunAsync();
        return 0;
    }
}
