using Faultline.Lab.Problems;
using System.Diagnostics;
using Faultline.Lab.Schedules;
using Faultline.Lab.Steps;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>The load phase of one cell: its workload, and its faults at their moments.</summary>
internal sealed class CellLoad(Experiment cell, string? run, LabSystem system, HistoryWriter writer, TimeProvider time)
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly List<OperationRecord> _ended = [];
    private readonly List<FaultRun> _faults = [];
    private readonly Stopwatch _clock = new();
    private CancellationTokenSource? _over;
    private Task _running = Task.CompletedTask;
    private long _invoked;

    /// <summary>The cell.</summary>
    public Experiment Cell { get; } = cell;

    /// <summary>Operations that have ended.</summary>
    public long Ended
    {
        get { lock (_gate) return _ended.Count; }
    }

    /// <summary>The operations so far.</summary>
    public History History
    {
        get { lock (_gate) return History.Of([.. _ended.OrderBy(operation => operation.Index)]); }
    }

    /// <summary>What became of the faults.</summary>
    public IReadOnlyList<FaultRun> Faults
    {
        get { lock (_gate) return [.. _faults]; }
    }

    /// <summary>Why the load could not be carried out; null when it was.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>What the parts of its profile did; empty without one.</summary>
    public IReadOnlyList<FaultVerdict> Profile { get; set; } = [];

    /// <summary>The faults at their moments; null before the load begins.</summary>
    public FaultSchedule? Schedule { get; private set; }

    /// <summary>Places the faults of the begin, before the first operation, and lets the others come at their moments.</summary>
    /// <param name="shared">Whether other cells run at the same time: then the faults look only at this cell's messages.</param>
    /// <param name="stop">Gives up.</param>
    public async Task BeginAsync(bool shared, CancellationToken stop)
    {
        _over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Schedule = FaultSchedule.Of(Cell, run, system, shared, time);
        _clock.Start();
        await StepFaultsAsync(stop);
        _running = RunFaultsAsync(Schedule, _over.Token);
    }

    /// <summary>Runs the workload to its end.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task OperateAsync(CancellationToken stop)
    {
        IWorkload workload = Cell.Workload.Steps.Count > 0
            ? new StepsWorkload(new WorkloadDescription(Cell.Workload.Name, Cell.Title), Cell.Workload.Steps, Cell.Workload.Values, Cell.Workload.Subject)
            : system.Spec.Checks.Workloads.First(candidate => candidate.Description.Name == Cell.Workload.Name);
        Seed seed = StepsSeed.Of(Cell);
        if (Cell.Workload.RatePerSecond is { } rate)
        {
            await RunAtRateAsync(workload, seed, rate, stop);
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, Cell.Workload.Concurrency).Select(process => RunClosedLoopAsync(workload, seed, process, stop)));
    }

    /// <summary>Notes that the load could not be carried out; the first reason stays.</summary>
    public void Obstruct(string why) => Obstacle ??= why;

    /// <summary>Places and removes the faults that are due now, and returns when that is done.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task StepFaultsAsync(CancellationToken stop)
    {
        try
        {
            await Schedule!.StepAsync(ProgressAt(), stop);
        }
        catch (Exception error) when (error is LabException or ServiceRefusedException)
        {
            Obstruct(error.Message);
        }
    }

    /// <summary>Takes note of what anomalies have met and hit.</summary>
    /// <param name="seen">Their counters by id.</param>
    public void Observe(IReadOnlyDictionary<Guid, (long Matched, long Fired)> seen) => Schedule?.Observe(seen, _clock.Elapsed);

    /// <summary>Ends the load: no fault is placed any more; what is there is removed by the heal.</summary>
    public async Task EndAsync()
    {
        if (_over is null) return;
        await _over.CancelAsync();
        await _running;
        _over.Dispose();
        IReadOnlyList<FaultRun> faults = await Schedule!.EndAsync();
        lock (_gate) _faults.AddRange(faults);
    }

    private Progress ProgressAt() => new(_clock.Elapsed, Interlocked.Read(ref _invoked), [Phases.Start, Phases.Baseline, Phases.Load]);

    private async Task RunFaultsAsync(FaultSchedule schedule, CancellationToken stop)
    {
        try
        {
            while (!schedule.IsSettled)
            {
                await Task.Delay(LookPause, time, stop);
                await schedule.StepAsync(ProgressAt(), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error) when (error is LabException or ServiceRefusedException)
        {
            Obstruct(error.Message);
        }
    }

    private bool HasNext(out long number)
    {
        number = 0;
        if (Cell.Workload.Duration is { } duration && _clock.Elapsed >= duration) return false;
        long operations = Cell.Workload.Operations ?? (Cell.Workload.Duration is null ? 1 : long.MaxValue);
        number = Interlocked.Increment(ref _invoked);
        if (number <= operations) return true;
        Interlocked.Decrement(ref _invoked);
        return false;
    }

    private async Task RunClosedLoopAsync(IWorkload workload, Seed seed, int process, CancellationToken stop)
    {
        while (HasNext(out long number)) await DoAsync(workload, seed, process, number, stop);
    }

    /// <summary>An open loop: operations begin at their times, whether or not earlier ones have ended; at most 500 are under way.</summary>
    private async Task RunAtRateAsync(IWorkload workload, Seed seed, double rate, CancellationToken stop)
    {
        using var room = new SemaphoreSlim(500);
        var running = new List<Task>();
        while (HasNext(out long number))
        {
            TimeSpan wait = TimeSpan.FromSeconds((number - 1) / rate) - _clock.Elapsed;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stop);
            await room.WaitAsync(stop);
            running.Add(OneAsync(number));
        }

        await Task.WhenAll(running);

        async Task OneAsync(long number)
        {
            try
            {
                await DoAsync(workload, seed, (int)(number % 500), number, stop);
            }
            finally
            {
                room.Release();
            }
        }
    }

    private async Task DoAsync(IWorkload workload, Seed seed, int process, long number, CancellationToken stop)
    {
        string id = Cells.OperationId(Cell.Name, number, run);
        var operation = new OperationRecord
        {
            Index = writer.NextIndex(),
            Process = process,
            Name = workload.Description.Name,
            OperationId = id,
            InvokedAt = time.GetUtcNow(),
            Outcome = Outcome.Open,
            Phase = Phases.Load,
        };
        writer.Invoked(operation);
        var call = new WorkloadCall(workload.Description.Name, id, Cell.Name, number, seed, Cell.Workload.Parameters, system.Http, system.ClientAddressOf, workload.Limit, time) { DirectAddressOf = system.AddressOf };
        OperationEnd end = await workload.RunAsync(call, stop);
        OperationRecord ended = operation with
        {
            EndedAt = time.GetUtcNow(),
            Outcome = end.Outcome,
            Attempts = end.Attempts,
            Subject = end.Subject,
            Reply = end.Reply,
            Trace = end.Trace,
            Error = end.Error,
        };
        writer.Ended(ended);
        lock (_gate) _ended.Add(ended);
    }
}
