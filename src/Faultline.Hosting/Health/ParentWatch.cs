using Microsoft.Extensions.Hosting;

namespace Faultline.Hosting.Health;

/// <summary>Ends the process when its standard input ends: the lab holds the other side, so its services do not outlive it, however it dies.</summary>
internal sealed class ParentWatch(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using Stream input = Console.OpenStandardInput();
        byte[] nothing = new byte[64];
        try
        {
            // Reading the console blocks its thread and knows no cancellation: it waits on a thread of its own, which the process's end takes along.
            while (await Task.Run(() => input.Read(nothing), CancellationToken.None).WaitAsync(stoppingToken) > 0)
            {
                // Nobody writes here; only the end counts.
            }
        }
        catch (IOException)
        {
            // The pipe broke: the same as its end.
        }

        lifetime.StopApplication();
    }
}
