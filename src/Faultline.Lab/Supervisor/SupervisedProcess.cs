using Faultline.Lab.Problems;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Supervisor;

/// <summary>One process that the lab keeps running: starts it, watches it, starts it again, and takes it down when asked.</summary>
/// <remarks>
/// One loop owns the life of the process; the verbs only say what is wanted and send signals. What is wanted and what happens lies under one gate.
/// </remarks>
public sealed class SupervisedProcess : IAsyncDisposable
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long this lab itself may take to see that a process has ended, on a machine that is busy with other things.</summary>
    private static readonly TimeSpan NoticeLimit = TimeSpan.FromMinutes(1);

    private const int CrashLinesMax = 10;
    private const int StartFailuresMax = 3;

    private readonly Lock _gate = new();
    private readonly IProcessKind _kind;
    private readonly ProcessChanges _changes;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposing = new();
    private TaskCompletionSource _changed = NewSignal();
    private Task _life = Task.CompletedTask;

    private bool _wanted;
    private bool _endAsked;
    private bool _starting;
    private bool _paused;
    private bool _everHealthy;
    private bool _startsKnown;
    private ChildProcess? _running;
    private ProcessState _state = ProcessState.Stopped;
    private DateTimeOffset _since;
    private DateTimeOffset? _healthySince;
    private string? _problem;
    private ProcessExit? _lastExit;
    private int _restarts;
    private int _failures;

    internal SupervisedProcess(IProcessKind kind, ProcessChanges changes, TimeProvider time)
    {
        _kind = kind;
        _changes = changes;
        _time = time;
        _since = time.GetUtcNow();
    }

    /// <summary>The name in status, events and disruptions.</summary>
    public string Target => _kind.Target;

    /// <summary>Where it listens on 127.0.0.1; 0 before the first start.</summary>
    public int Port => _kind.Port;

    /// <summary>What it writes.</summary>
    public InstanceLog Log => _kind.Log;

    /// <summary>What it does at the moment.</summary>
    public ProcessState State
    {
        get { lock (_gate) return _state; }
    }

    /// <summary>One look at it, with memory and processor time.</summary>
    public ProcessStatus Status()
    {
        ChildProcess? running;
        ProcessStatus status;
        lock (_gate)
        {
            running = _running;
            status = new ProcessStatus(Target, _state, _since, running?.Program.Pid, Port, _restarts, _lastExit, _problem, Usage: null);
        }

        return running is null ? status : status with { Usage = UsageOf(running) };
    }

    /// <summary>Wants it to run, and returns at once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
            _wanted = true;
            if (_life.IsCompleted) _life = Task.Run(LiveAsync);
            PulseNeedsGate();
        }
    }

    /// <summary>
    /// Waits until it is healthy. Fails when it does not get there within the limit, and at once when it ends three times in a row and was never healthy: one that was healthy before can start, and its ends were faults.
    /// </summary>
    public async Task WaitHealthyAsync(TimeSpan limit, CancellationToken stop = default)
    {
        using CancellationTokenSource timeout = new(limit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        bool gaveUp = false;
        try
        {
            await WaitForAsync(state => state == ProcessState.Healthy || (gaveUp = GivesUp(state)), either.Token);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested)
        {
            throw new LabException($"{Target} was not ready within {limit.TotalSeconds:0.#} s{Explain()}", late);
        }

        if (gaveUp) throw new LabException($"{Target} does not start{Explain()}");
    }

    /// <summary>Waits for a state.</summary>
    public Task WaitForAsync(ProcessState state, CancellationToken stop = default) => WaitForAsync(current => current == state, stop);

    /// <summary>Ends it by SIGKILL and waits for its end.</summary>
    /// <param name="stayDown">Whether it stays down until it is started again; otherwise it is started at once.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task KillAsync(bool stayDown, CancellationToken stop = default)
    {
        if (await AskEndAsync(wanted: !stayDown, stopping: false, stop) is not { } running) return;

        running.Signal(Signal.Kill);
        await running.Exited.WaitAsync(stop);
        await NoticedAsync(running, stop);
    }

    /// <summary>Asks it to end (SIGTERM, for PostgreSQL SIGINT), kills it when it has not ended within its limit.</summary>
    /// <param name="stayDown">Whether it stays down until it is started again; otherwise it is started at once.</param>
    /// <param name="stop">Ends the wait; the signal is sent all the same.</param>
    public async Task StopAsync(bool stayDown, CancellationToken stop = default)
    {
        if (await AskEndAsync(wanted: !stayDown, stopping: true, stop) is not { } running) return;

        foreach ((Signal signal, TimeSpan limit) in _kind.StopLadder)
        {
            if (signal == Signal.Kill) SignalAll(running, Signal.Kill);
            running.Signal(signal);
            SignalAll(running, Signal.Continue); // A paused process takes the signal only when it runs again.
            if (await Task.WhenAny(running.Exited, Task.Delay(limit, _time, stop)) == running.Exited) break;

            stop.ThrowIfCancellationRequested();
        }

        await NoticedAsync(running, stop);
    }

    /// <summary>Makes it stand still (SIGSTOP), with all its children.</summary>
    public void Pause()
    {
        ChildProcess running;
        lock (_gate)
        {
            running = _running is not null && !_endAsked ? _running : throw NotRunning("paused");
            _paused = true;
            SetStateNeedsGate(ProcessState.Paused, "paused by the lab");
        }

        SignalAll(running, Signal.Stop);
        SignalAll(running, Signal.Stop); // Those that it started while the first round was under way.
    }

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume()
    {
        ChildProcess running;
        lock (_gate)
        {
            running = _running ?? throw NotRunning("resumed");
            if (!_paused) return;
            _paused = false;
            SetStateNeedsGate(_everHealthy ? ProcessState.Unhealthy : ProcessState.Starting, "resumed; not asked for its health yet");
        }

        SignalAll(running, Signal.Continue);
    }

    /// <summary>Stops it if it runs, and starts it at once.</summary>
    public async Task RestartAsync(CancellationToken stop = default)
    {
        await StopAsync(stayDown: false, stop);
        Start();
    }

    /// <summary>Stops it for good.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposing.IsCancellationRequested) return;

        await StopAsync(stayDown: true);
        await _disposing.CancelAsync();
        await _life.WaitAsync(NoticeLimit, _time);
        _disposing.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task LiveAsync()
    {
        CancellationToken disposing = _disposing.Token;
        try
        {
            while (true)
            {
                await WaitForAsync(_ => _wanted, disposing);
                TimeSpan delay = TakeExit(await TryRunOnceAsync(disposing));
                if (delay > TimeSpan.Zero) await WaitAsync(delay, disposing);
            }
        }
        catch (OperationCanceledException) when (disposing.IsCancellationRequested)
        {
            return; // The lab ends; StopAsync has ended the process before.
        }
    }

    private async Task<ProcessExit?> TryRunOnceAsync(CancellationToken disposing)
    {
        try
        {
            return await RunOnceAsync(disposing);
        }
        catch (Exception error) when (!disposing.IsCancellationRequested)
        {
            // The edge of the background loop: it is told as the reason of a crash. Were the loop to end of it, whoever waits for the end of this process would wait for ever.
            lock (_gate) _problem = $"its supervisor failed: {error.GetType().Name}: {error.Message}";
            return null;
        }
    }

    private async Task<ProcessExit?> RunOnceAsync(CancellationToken disposing)
    {
        lock (_gate)
        {
            // Who stopped it since this loop saw the wish has seen nothing that runs, and waits for nothing: a process started now would never be ended.
            if (!_wanted) return null;

            _everHealthy = false;
            _endAsked = false;
            _starting = true;
            SetStateNeedsGate(ProcessState.Starting, detail: null);
        }

        if (await TryStartAsync(disposing) is not { } running) return null;

        await using (running)
        {
            await WatchAsync(running);
            return await running.Exited;
        }
    }

    private async Task<ChildProcess?> TryStartAsync(CancellationToken disposing)
    {
        ChildProcess? running = null;
        string? problem = null;
        try
        {
            running = await _kind.StartAsync(disposing);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            problem = error.Message; // The edge of the background loop: recorded, reported, tried again.
        }
        finally
        {
            lock (_gate)
            {
                _starting = false;
                _running = running;
                _problem = problem;
                PulseNeedsGate(); // Who stops it while it is being started waits for this.
            }
        }

        return running;
    }

    private async Task WatchAsync(ChildProcess running)
    {
        int failedProbes = 0;
        while (!running.Exited.IsCompleted)
        {
            if (!IsPaused())
            {
                string? problem = await ProbeAsync(running);
                failedProbes = problem is null ? 0 : failedProbes + 1;
                TakeHealth(running, problem, failedProbes);
            }

            Task changed = ChangedSignal();
            TimeSpan interval = State == ProcessState.Starting ? _kind.ProbeIntervals.WhileStarting : _kind.ProbeIntervals.Later;
            using CancellationTokenSource woken = new();
            await Task.WhenAny(running.Exited, changed, Task.Delay(interval, _time, woken.Token));
            await woken.CancelAsync();
        }
    }

    private async Task<string?> ProbeAsync(ChildProcess running)
    {
        using CancellationTokenSource limit = new(ProbeLimit, _time);
        Task<string?> probe = _kind.ProbeAsync(limit.Token).WaitAsync(2 * ProbeLimit, _time);
        if (await Task.WhenAny(probe, running.Exited) != probe) await limit.CancelAsync();
        try
        {
            return await probe;
        }
        catch (TimeoutException)
        {
            return "it was asked for its health, and the question came to no end";
        }
    }

    private void TakeHealth(ChildProcess running, string? problem, int failedProbes)
    {
        lock (_gate)
        {
            if (running.Exited.IsCompleted || _paused || _endAsked) return;

            if (problem is null)
            {
                _everHealthy = true;
                _startsKnown = true;
                _healthySince ??= _time.GetUtcNow();
                SetStateNeedsGate(ProcessState.Healthy, detail: null);
            }
            else if (!_everHealthy)
            {
                _problem = problem;
            }
            else if (failedProbes > 1)
            {
                // One missed answer may be a busy machine.
                SetStateNeedsGate(ProcessState.Unhealthy, problem);
            }
        }
    }

    /// <summary>Accounts for the end of a process and says how long to wait before the next one.</summary>
    private TimeSpan TakeExit(ProcessExit? exit)
    {
        IReadOnlyList<LogLine> lines = Log.Tail(CrashLinesMax);
        lock (_gate)
        {
            TimeSpan healthyFor = _healthySince is { } since ? _time.GetUtcNow() - since : TimeSpan.Zero;
            bool asked = _endAsked || !_wanted;
            _running = null;
            _paused = false;
            _healthySince = null;
            _lastExit = exit ?? _lastExit;
            if (asked)
            {
                _failures = 0;
                SetStateNeedsGate(_wanted ? ProcessState.Starting : ProcessState.Stopped, exit?.ToString(), exit);
                PulseNeedsGate(); // Also when the state is the same: who waits for the end of this process waits for more than a state.
                return TimeSpan.Zero;
            }

            _restarts++;
            _failures = RestartPolicy.FailuresAfter(_failures, healthyFor);
            string reason = exit is null ? _problem ?? "it could not be started" : $"ended with {exit}";
            SetStateNeedsGate(ProcessState.Crashed, string.Join('\n', [reason, .. lines.Select(line => line.Text)]), exit);
            return RestartPolicy.DelayAfter(_failures, _kind.RestartDelayMax);
        }
    }

    private async Task<ChildProcess?> AskEndAsync(bool wanted, bool stopping, CancellationToken stop)
    {
        lock (_gate)
        {
            _wanted = wanted;
            _endAsked = true;
            PulseNeedsGate();
        }

        await WaitForAsync(_ => !_starting, stop);
        lock (_gate)
        {
            _paused = false;
            if (_running is null && !wanted) SetStateNeedsGate(ProcessState.Stopped, detail: null);
            if (_running is not null && stopping) SetStateNeedsGate(ProcessState.Stopping, detail: null);
            return _running;
        }
    }

    /// <summary>Waits until the loop has accounted for a process that has ended. That takes no time to speak of; that it takes for ever is a fault of the lab, and is told as one.</summary>
    private async Task NoticedAsync(ChildProcess ended, CancellationToken stop)
    {
        using CancellationTokenSource limit = new(NoticeLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            await WaitForAsync(_ => _running != ended, either.Token);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested)
        {
            throw new LabException($"{Target} has ended ({ended.Exited.Status}), and its supervisor has not noticed in {NoticeLimit.TotalSeconds:0} s: it is {State}, its loop {_life.Status}{Explain()}", late);
        }
    }

    private async Task WaitForAsync(Func<ProcessState, bool> holds, CancellationToken stop)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (holds(_state)) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(stop);
        }
    }

    /// <summary>Waits before a restart; ends early when somebody asks for something.</summary>
    private async Task WaitAsync(TimeSpan delay, CancellationToken stop)
    {
        Task changed = ChangedSignal();
        using CancellationTokenSource woken = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(changed, Task.Delay(delay, _time, woken.Token));
        await woken.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    private Task ChangedSignal()
    {
        lock (_gate) return _changed.Task;
    }

    private bool IsPaused()
    {
        lock (_gate) return _paused;
    }

    /// <summary>Whether three starts in a row failed and none ever worked; one may fail for a port that another took in between.</summary>
    private bool GivesUp(ProcessState state) => state == ProcessState.Crashed && _failures >= StartFailuresMax && !_startsKnown;

    private void SetStateNeedsGate(ProcessState state, string? detail, ProcessExit? exit = null)
    {
        _problem = detail;
        if (_state == state) return;

        _state = state;
        _since = _time.GetUtcNow();
        _changes.Publish(new ProcessChange(Target, state, _running?.Program.Pid, exit, detail, _since));
        PulseNeedsGate();
    }

    private void PulseNeedsGate()
    {
        TaskCompletionSource pulsed = _changed;
        _changed = NewSignal();
        pulsed.TrySetResult();
    }

    private void SignalAll(ChildProcess running, Signal signal)
    {
        foreach (int pid in _kind.Members(running)) Signals.Send(pid, signal);
    }

    private ProcessUsage? UsageOf(ChildProcess running)
    {
        long bytes = 0;
        TimeSpan cpu = TimeSpan.Zero;
        foreach (ProcessUsage usage in _kind.Members(running).Select(ProcessTable.UsageOf).OfType<ProcessUsage>())
        {
            bytes += usage.PrivateBytes;
            cpu += usage.CpuTime;
        }

        return bytes == 0 ? null : new ProcessUsage(bytes, cpu);
    }

    private LabException NotRunning(string verb) => new($"{Target} does not run, so it cannot be {verb}; restart it first.");

    private string Explain()
    {
        string problem;
        lock (_gate) problem = _problem ?? "no reason is known";
        return $": {problem} (its log is {Log.FilePath}).";
    }
}
