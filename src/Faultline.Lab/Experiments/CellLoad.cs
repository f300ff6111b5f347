using Faultline.Lab.Problems;
using System.Diagnostics;
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
internal sealed class CellLoad(Experiment cell, LabSystem system, HistoryWriter writer, TimeProvider time)
{
    /// <summary>How long a client goes on with an operation whose outcome is unknown.</summary>
    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private readonly List<OperationRecord> _ended = [];
    private readonly List<FaultRun> _faults = [];
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

    /// <summary>Runs the workload under the faults.</summary>
    /// <param name="shared">Whether other cells run at the same time: then the faults look only at this cell's messages.</param>
    /// <param name="stop">Gives up.</param>
    public async Task RunAsync(bool shared, CancellationToken stop)
    {
        // Faults of the begin are in place before the first operation.
        var clock = Stopwatch.StartNew();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var schedule = new FaultSchedule(Cell, system, shared, time);
        await schedule.StepAsync(ProgressAt(clock), stop);
        Task faults = RunFaultsAsync(schedule, clock, over.Token);
        try
        {
            await RunOperationsAsync(clock, stop);
            await schedule.FinishAsync(clock.Elapsed, stop);
        }
        catch (Exception error) when (error is LabException or ServiceRefusedException)
        {
            Obstacle = error.Message;
        }
        finally
        {
            await over.CancelAsync();
            await faults;
            lock (_gate) _faults.AddRange(schedule.End());
        }
    }

    private Progress ProgressAt(Stopwatch clock) => new(clock.Elapsed, Interlocked.Read(ref _invoked), [Phases.Start, Phases.Baseline, Phases.Load]);

    private async Task RunFaultsAsync(FaultSchedule schedule, Stopwatch clock, CancellationToken stop)
    {
        try
        {
            while (!schedule.IsSettled)
            {
                await Task.Delay(LookPause, time, stop);
                await schedule.StepAsync(ProgressAt(clock), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error) when (error is LabException or ServiceRefusedException)
        {
            Obstacle ??= error.Message;
        }
    }

    private async Task RunOperationsAsync(Stopwatch clock, CancellationToken stop)
    {
        IWorkload workload = system.Spec.Checks.Workloads.First(candidate => candidate.Description.Name == Cell.Workload.Name);
        var seed = new Seed(Cell.Seed ?? 0).Derive($"workload/{Cell.Name}");
        if (Cell.Workload.RatePerSecond is { } rate)
        {
            await RunAtRateAsync(workload, seed, rate, clock, stop);
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, Cell.Workload.Concurrency).Select(process => RunClosedLoopAsync(workload, seed, process, clock, stop)));
    }

    private bool HasNext(Stopwatch clock, out long number)
    {
        number = 0;
        if (Cell.Workload.Duration is { } duration && clock.Elapsed >= duration) return false;
        long operations = Cell.Workload.Operations ?? (Cell.Workload.Duration is null ? 1 : long.MaxValue);
        number = Interlocked.Increment(ref _invoked);
        if (number <= operations) return true;
        Interlocked.Decrement(ref _invoked);
        return false;
    }

    private async Task RunClosedLoopAsync(IWorkload workload, Seed seed, int process, Stopwatch clock, CancellationToken stop)
    {
        while (HasNext(clock, out long number)) await OperateAsync(workload, seed, process, number, stop);
    }

    /// <summary>An open loop: operations begin at their times, whether or not earlier ones have ended; at most 500 are under way.</summary>
    private async Task RunAtRateAsync(IWorkload workload, Seed seed, double rate, Stopwatch clock, CancellationToken stop)
    {
        using var room = new SemaphoreSlim(500);
        var running = new List<Task>();
        while (HasNext(clock, out long number))
        {
            TimeSpan wait = TimeSpan.FromSeconds((number - 1) / rate) - clock.Elapsed;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stop);
            await room.WaitAsync(stop);
            running.Add(OneAsync(number));
        }

        await Task.WhenAll(running);

        async Task OneAsync(long number)
        {
            try
            {
                await OperateAsync(workload, seed, (int)(number % 500), number, stop);
            }
            finally
            {
                room.Release();
            }
        }
    }

    private async Task OperateAsync(IWorkload workload, Seed seed, int process, long number, CancellationToken stop)
    {
        string id = Cells.OperationId(Cell.Name, number);
        var operation = new OperationRecord
        {
            Index = writer.NextIndex(), Process = process, Name = workload.Description.Name, OperationId = id, InvokedAt = time.GetUtcNow(), Outcome = Outcome.Open, Phase = Phases.Load,
        };
        writer.Invoked(operation);
        var call = new WorkloadCall(workload.Description.Name, id, Cell.Name, number, seed, Cell.Workload.Parameters, system.Http, system.AddressOf, OperationLimit, time);
        OperationEnd end = await workload.RunAsync(call, stop);
        OperationRecord ended = operation with
        {
            EndedAt = time.GetUtcNow(), Outcome = end.Outcome, Attempts = end.Attempts, Subject = end.Subject, Reply = end.Reply, Error = end.Error,
        };
        writer.Ended(ended);
        lock (_gate) _ended.Add(ended);
    }
}
