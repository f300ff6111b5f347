using System.Diagnostics;

namespace Faultline.Lab.Processes;

/// <summary>What to start, and how.</summary>
internal sealed record ProcessStart(string FileName, IReadOnlyList<string> Arguments, string Role)
{
    public string? WorkingFolder { get; init; }

    /// <summary>Added to the lab's own environment, or the whole environment when <see cref="CleanEnvironment"/> is set.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public bool CleanEnvironment { get; init; }

    /// <summary>Whether a keeper stops the program when the lab dies; without it the program must end by itself when its input ends.</summary>
    public bool Kept { get; init; }
}

/// <summary>A running child process. Its input is a pipe that only the lab holds open.</summary>
/// <remarks>
/// It has a session of its own, so that Ctrl+C in the lab's terminal does not reach it and the lab can stop everything in order.
/// The runtime opens pipes close-on-exec, so no other child holds this one's input open.
/// </remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task _output;

    private ChildProcess(Process process, Func<string, ValueTask> output, TimeProvider time)
    {
        _process = process;
        _time = time;
        Program = ProcessTable.Find(process.Id) ?? new ProcessIdentity(process.Id, StartTicks: -1); // Ended already: an identity that nobody has.
        _output = Task.WhenAll(LinePump.RunAsync(process.StandardOutput.BaseStream, output), LinePump.RunAsync(process.StandardError.BaseStream, output));
        Exited = WaitAsync();
    }

    /// <summary>The program itself.</summary>
    public ProcessIdentity Program { get; }

    /// <summary>Completes when the program has ended; what it wrote is complete by then, within a second.</summary>
    public Task<ProcessExit> Exited { get; }

    public static async Task<ChildProcess> StartAsync(ProcessStart start, ProcessLedger ledger, Func<string, ValueTask> output, TimeProvider time)
    {
        Process process = new() { StartInfo = Describe(start) };
        process.Start();
        ChildProcess child = new(process, output, time);
        try
        {
            ledger.Record(child.Program, start.Role);
            await child.LetGoAsync();
            return child;
        }
        catch
        {
            await child.DisposeAsync(); // Without it the launcher would wait for a line that never comes, as long as the lab lives.
            throw;
        }
    }

    /// <summary>Sends a signal to the program; false when it has ended.</summary>
    public bool Signal(Signal signal) => !Exited.IsCompleted && ProcessTable.IsRunning(Program) && Signals.Send(Program.Pid, signal);

    /// <summary>Lets go of it, as the end of the lab does.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            return; // The other end is gone already, with its reader: closed is what was wanted.
        }
    }

    /// <summary>Kills what is left of it, and of what it started in its session.</summary>
    public async ValueTask DisposeAsync()
    {
        Signal(Processes.Signal.Kill);
        await Exited;
        CloseInput();
        _process.Dispose();
    }

    private static ProcessStartInfo Describe(ProcessStart start)
    {
        string[] keeper = start.Kept ? [Keeper.Shell, "-c", Keeper.ScriptRunner, "faultline-keeper"] : [];
        string[] words = [.. Keeper.OwnSession(), Keeper.Shell, "-c", Keeper.Launcher, "faultline-launcher", .. keeper, start.FileName, .. start.Arguments];
        ProcessStartInfo info = new(words[0], words[1..])
        {
            WorkingDirectory = start.WorkingFolder ?? "",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (start.CleanEnvironment) info.Environment.Clear();
        if (start.Kept) info.Environment[Keeper.ScriptVariable] = Keeper.Script;
        foreach ((string name, string value) in start.Environment) info.Environment[name] = value;
        return info;
    }

    private async Task LetGoAsync()
    {
        try
        {
            await _process.StandardInput.WriteAsync("go\n");
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            return; // It died at once; its exit tells more than the broken pipe.
        }
    }

    private async Task<ProcessExit> WaitAsync()
    {
        int leader = _process.Id;
        await _process.WaitForExitAsync();
        int code = _process.ExitCode;

        // What it started itself is in its group and would outlive it. The number is not given to others while the group has members.
        Signals.SendToGroup(leader, Processes.Signal.Kill);
        RuntimeSockets.RemoveOf(Program);

        await Task.WhenAny(_output, Task.Delay(OutputLimit, _time));
        return new ProcessExit(code, _time.GetUtcNow());
    }
}
