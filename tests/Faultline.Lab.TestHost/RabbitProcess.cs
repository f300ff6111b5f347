using System.Globalization;
using Faultline.Lab.Instances;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;

namespace Faultline.Lab.TestHost;

/// <summary>A lab's RabbitMQ in a process of its own, which a test can kill.</summary>
internal static class RabbitProcess
{
    /// <summary>Starts the broker, gives it a virtual host, prints READY with its pid and port, and ends at the end of its input.</summary>
    public static async Task<int> RunAsync(string root, string name)
    {
        await using LabFolder folder = await LabFolder.OpenAsync(root, name, TimeProvider.System, CancellationToken.None);
        await using RabbitBroker broker = new("queue", folder, RabbitInstallation.Require(), new ProcessChanges(), TimeProvider.System);
        await broker.StartAsync();
        await broker.CreateVirtualHostAsync("kept");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"READY {broker.Process.Status().Pid} {broker.Port}"));

        await Console.In.ReadToEndAsync();
        return 0;
    }
}
