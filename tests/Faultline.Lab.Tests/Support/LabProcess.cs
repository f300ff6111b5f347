using System.Diagnostics;
using System.Globalization;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Tests.Support;

/// <summary>A lab in a process of its own, which the test may kill.</summary>
internal sealed class LabProcess : IAsyncDisposable
{
    private readonly Process _process;

    private LabProcess(Process process, IReadOnlyDictionary<string, ProcessIdentity> members, string name)
    {
        _process = process;
        Members = members;
        Name = name;
        Program = ProcessTable.Find(process.Id)!.Value;
    }

    /// <summary>The lab itself.</summary>
    public ProcessIdentity Program { get; }

    /// <summary>The lab's processes by target.</summary>
    public IReadOnlyDictionary<string, ProcessIdentity> Members { get; }

    public string Name { get; }

    public static async Task<LabProcess> StartAsync(string root, string name, string temper = "plain")
    {
        ProcessStartInfo info = new(TestFolder.HostProgram, ["lab", root, TestFolder.Tools, name, temper])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(info)!;
        string line = await process.StandardOutput.ReadLineAsync().WaitAsync(Limits.Hang) ?? "";
        string[] words = line.Split(' ');
        words[0].ShouldBe("READY");
        Dictionary<string, ProcessIdentity> members = words[2..].Select(word => word.Split('='))
            .ToDictionary(pair => pair[0], pair => ProcessTable.Find(int.Parse(pair[1], CultureInfo.InvariantCulture))!.Value);
        return new LabProcess(process, members, words[1]);
    }

    public async Task TellAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        (await _process.StandardOutput.ReadLineAsync().WaitAsync(Limits.Hang)).ShouldBe($"DONE {command}");
    }

    public async Task KillAsync()
    {
        Signals.Send(_process.Id, Signal.Kill);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _process.ExitCode.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        RuntimeSockets.RemoveOf(Program); // Where no other lab has swept.
        _process.Dispose();
    }
}
