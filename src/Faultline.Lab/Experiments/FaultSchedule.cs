using Faultline.Lab.Schedules;
using Faultline.Lab.Systems;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>The faults of one cell, of all layers: each is placed when its moment comes and removed when its end does.</summary>
internal sealed class FaultSchedule(IReadOnlyList<ScheduledFault> faults)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<ScheduledFault> _faults = [.. faults];

    /// <summary>Whether every fault has been placed and removed again, or stays until the heal.</summary>
    public bool IsSettled => _faults.TrueForAll(fault => fault.IsSettled);

    /// <summary>Whether a fault with a length of its own is under way.</summary>
    public bool IsRunning => _faults.Exists(fault => fault.IsRunning);

    /// <summary>Whether there is nothing left to wait for: every fault that stays has acted at least once, every other one is over.</summary>
    public bool HasActed => _faults.TrueForAll(fault => fault.HasActed);

    /// <summary>The faults of a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="run">Which of several runs on the same data; null for the only one.</param>
    /// <param name="system">The system that they act on.</param>
    /// <param name="shared">Whether other cells run at the same time.</param>
    /// <param name="time">The clock.</param>
    public static FaultSchedule Of(Experiment cell, string? run, LabSystem system, bool shared, TimeProvider time)
    {
        var site = new FaultSite(cell.Name, run, system, shared, new Seed(cell.Seed ?? 0), time);
        return new FaultSchedule([.. cell.Schedule.Select(fault => ScheduledFaults.Of(fault, site))]);
    }

    /// <summary>Places and removes what is due. What another call is placing at this moment is placed when this one returns.</summary>
    /// <param name="progress">How far the cell has come.</param>
    /// <param name="stop">Gives up.</param>
    public async Task StepAsync(Progress progress, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            foreach (ScheduledFault fault in _faults) await fault.StepAsync(progress, stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes note of what anomalies have met and hit.</summary>
    /// <param name="seen">Their counters by id.</param>
    /// <param name="since">Time since the begin of the load.</param>
    public void Observe(IReadOnlyDictionary<Guid, (long Matched, long Fired)> seen, TimeSpan since)
    {
        foreach (ScheduledFault fault in _faults) fault.Observe(seen, since);
    }

    /// <summary>What became of the faults; what is still there is removed by the heal.</summary>
    public async Task<IReadOnlyList<FaultRun>> EndAsync()
    {
        foreach (ScheduledFault fault in _faults) await fault.CloseAsync();
        return [.. _faults.Select(fault => fault.Run())];
    }
}
