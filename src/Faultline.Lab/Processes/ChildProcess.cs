using System.Diagnostics;
using System.Globalization;

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
    private readonly bool _ownSession;
    private readonly TimeProvider _time;
    private readonly Task _output;
    private readonly TaskCompletionSource<int> _program = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, ProcessStart start, bool ownSession, Func<string, ValueTask> output, TimeProvider time)
    {
        _process = process;
        _ownSession = ownSession;
        _time = time;
        Func<string, ValueTask> standardOutput = start.Kept ? TakeProgramPidAsync : output;
        _output = Task.WhenAll(
            LinePump.RunAsync(process.StandardOutput.BaseStream, standardOutput),
            LinePump.RunAsync(process.StandardError.BaseStream, output));
        Exited = WaitAsync();
    }

    /// <summary>The program itself, which is the keeper's child when there is a keeper.</summary>
    public ProcessIdentity Program { get; private set; }

    /// <summary>Completes when the program (and its keeper) has ended; what it wrote is complete by then, within a second.</summary>
    public Task<ProcessExit> Exited { get; }

    public static async Task<ChildProcess> StartAsync(ProcessStart start, ProcessLedger ledger, Func<string, ValueTask> output, TimeProvider time)
    {
        string? setsid = Keeper.Setsid();
        Process process = new() { StartInfo = Describe(start, setsid) };
        process.Start();
        ChildProcess child = new(process, start, setsid is not null, output, time);
        try
        {
            // A launcher that ended already (no memory, a bad shell) shows as an exit; there is nothing to record then.
            if (ProcessTable.Find(process.Id) is { } launched)
            {
                child.Program = launched;
                ledger.Record(launched, start.Kept ? start.Role + " keeper" : start.Role);
                await child.LetGoAsync();
            }

            if (start.Kept) await child.FindProgramAsync(ledger, start.Role);
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

    /// <summary>Closes the program's input, which means: the lab lets go of you.</summary>
    public async ValueTask CloseInputAsync()
    {
        try
        {
            await _process.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            // The other end is gone already, with its reader: closed is what was wanted.
            return;
        }
    }

    /// <summary>Kills what is left of it, and of what it started in its session.</summary>
    public async ValueTask DisposeAsync()
    {
        Signal(Processes.Signal.Kill);
        if (!_process.HasExited) Signals.Send(_process.Id, Processes.Signal.Kill);
        await CloseInputAsync();
        await Exited;
        _process.Dispose();
    }

    private static ProcessStartInfo Describe(ProcessStart start, string? setsid)
    {
        ProcessStartInfo info = new()
        {
            FileName = setsid ?? Keeper.Shell,
            WorkingDirectory = start.WorkingFolder ?? "",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (setsid is not null) info.ArgumentList.Add(Keeper.Shell);
        foreach (string word in (string[])["-c", Keeper.Launcher, "faultline"]) info.ArgumentList.Add(word);
        if (start.Kept)
        {
            foreach (string word in (string[])[Keeper.Shell, "-c", Keeper.ScriptRunner, "faultline-keeper"]) info.ArgumentList.Add(word);
        }

        info.ArgumentList.Add(start.FileName);
        foreach (string argument in start.Arguments) info.ArgumentList.Add(argument);
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

    private async Task FindProgramAsync(ProcessLedger ledger, string role)
    {
        if (await Task.WhenAny(_program.Task, Exited) != _program.Task) return;

        if (ProcessTable.Find(await _program.Task) is not { } program) return;

        Program = program;
        ledger.Record(program, role);
    }

    private ValueTask TakeProgramPidAsync(string line)
    {
        if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) _program.TrySetResult(pid);
        return ValueTask.CompletedTask;
    }

    private async Task<ProcessExit> WaitAsync()
    {
        int leader = _process.Id;
        await _process.WaitForExitAsync();
        int code = _process.ExitCode;

        // What it started itself is in its group and would outlive it. The number is not given to others while the group has members.
        if (_ownSession) Signals.SendToGroup(leader, Processes.Signal.Kill);

        await Task.WhenAny(_output, Task.Delay(OutputLimit, _time));
        return new ProcessExit(code, _time.GetUtcNow());
    }
}
