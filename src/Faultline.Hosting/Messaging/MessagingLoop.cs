using Faultline.Messaging.Running;
using Microsoft.Extensions.Hosting;

namespace Faultline.Hosting.Messaging;

/// <summary>Runs the messaging core and the backend's loops as long as the process.</summary>
internal sealed class MessagingLoop(MessagingCore core, ServiceBackend backend) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll([core.RunAsync(stoppingToken), .. backend.Loops.Select(loop => loop(stoppingToken))]);
}
