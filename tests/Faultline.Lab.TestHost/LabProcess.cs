using Faultline.Lab.Supervisor;

namespace Faultline.Lab.TestHost;

/// <summary>A lab with one instance, in a process of its own, which a test can kill.</summary>
internal static class LabProcess
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    /// <summary>Starts the lab, prints READY and the pids, and ends cleanly at the end of its input.</summary>
    public static async Task<int> RunAsync(string root, string tools, string name, string temper)
    {
        LabOptions options = new() { Root = root, ToolsFolder = tools, Name = name == "run" ? null : name };
        await using LabInfrastructure lab = await LabInfrastructure.StartAsync(options, TimeProvider.System, new Progress<string>(Console.Error.WriteLine));
        lab.Supervisor.Start(new InstanceSpec
        {
            System = "demo",
            Service = "echo",
            Executable = Environment.ProcessPath!,
            Arguments = ["service", "{port}", temper],
        });
        await lab.Supervisor.WaitHealthyAsync(ReadyLimit);
        await lab.Services.CreateDatabaseAsync("echo");
        Console.WriteLine($"READY {lab.Folder.Name} {string.Join(' ', lab.Status().Select(status => $"{status.Target}={status.Pid}"))}");

        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["pause", string target]) await lab.Disruptor.PauseAsync(target);
            Console.WriteLine($"DONE {line}");
        }

        return 0;
    }
}
