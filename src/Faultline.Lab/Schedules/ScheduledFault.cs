using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>A fault of a schedule, from its placing to its removal. Not thread-safe: one loop steps it.</summary>
/// <param name="spec">The fault.</param>
/// <param name="site">Where it acts.</param>
internal abstract class ScheduledFault(FaultSpec spec, FaultSite site)
{
    /// <summary>The fault.</summary>
    public FaultSpec Spec { get; } = spec;

    /// <summary>Where it acts.</summary>
    protected FaultSite Site { get; } = site;

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Whether it has done something.</summary>
    public abstract bool HasFired { get; }

    /// <summary>Whether it is over, or stays until the heal.</summary>
    public bool IsSettled => EndedAt is not null || (StartedAt is not null && Spec.For is null && Spec.Until is null);

    /// <summary>Whether it is under way and has a length of its own.</summary>
    public bool IsRunning => StartedAt is not null && EndedAt is null && Spec.For is not null && LengthBegan is not null;

    /// <summary>Whether there is nothing left to wait for.</summary>
    public bool HasActed => EndedAt is not null || (StartedAt is not null && Spec.For is null && HasFired);

    /// <summary>From when its length is counted, as time since the begin of the load.</summary>
    protected virtual TimeSpan? LengthBegan => StartedSince;

    protected TimeSpan? StartedSince { get; private set; }

    /// <summary>Places it, or removes it, when its moment has come.</summary>
    /// <param name="progress">How far the cell has come.</param>
    /// <param name="stop">Gives up.</param>
    public async Task StepAsync(Progress progress, CancellationToken stop)
    {
        if (StartedAt is null && Spec.From.IsReached(progress))
        {
            StartedAt = Site.Time.GetUtcNow();
            StartedSince = progress.SinceLoad;
            await PlaceAsync(stop);
        }

        if (StartedAt is null || EndedAt is not null) return;

        bool isOver = Spec.For is { } length ? progress.SinceLoad - LengthBegan >= length : Spec.Until?.IsReached(progress) ?? false;
        if (isOver) await TryRemoveAsync(stop);
    }

    /// <summary>Takes note of what anomalies have met and hit.</summary>
    /// <param name="seen">Their counters by id.</param>
    /// <param name="since">Time since the begin of the load.</param>
    public virtual void Observe(IReadOnlyDictionary<Guid, (long Matched, long Fired)> seen, TimeSpan since)
    {
    }

    /// <summary>The load is over: what goes on by itself is ended. What it has set is removed by the heal.</summary>
    public virtual Task CloseAsync() => Task.CompletedTask;

    /// <summary>What became of it.</summary>
    public FaultRun Run() => Fill(new FaultRun { Name = Spec.Name, StartedAt = StartedAt, EndedAt = EndedAt ?? Site.Time.GetUtcNow() });

    protected abstract Task PlaceAsync(CancellationToken stop);

    protected abstract Task RemoveAsync(CancellationToken stop);

    /// <summary>Adds what only this kind of fault knows.</summary>
    protected abstract FaultRun Fill(FaultRun run);

    /// <summary>A service that is just coming back does not answer: its fault is removed at the next step.</summary>
    private async Task TryRemoveAsync(CancellationToken stop)
    {
        try
        {
            await RemoveAsync(stop);
            EndedAt = Site.Time.GetUtcNow();
        }
        catch (Exception error) when (error is LabException or HttpRequestException or ServiceRefusedException { Status: >= 500 })
        {
            return;
        }
    }
}
