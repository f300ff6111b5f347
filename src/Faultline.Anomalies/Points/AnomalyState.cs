namespace Faultline.Anomalies;

/// <summary>What is happening with one anomaly in this process. It lives from the first time the anomaly is seen until it is removed or expires.</summary>
internal sealed class AnomalyState(AnomalyModel model)
{
    private readonly CancellationTokenSource _ended = new();
    private volatile bool _isSpent = model.Rule.IsSpent(model.Config.Matched, model.Config.Fired, DateTimeOffset.MinValue);

    public AnomalyModel Model { get; } = model;

    /// <summary>Whether the counters, as far as this process knows them, say that it never fires again. It never goes back.</summary>
    public bool IsSpent => _isSpent;

    /// <summary>Cancelled when the anomaly is removed or expires: hang, delay and reorder let go.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>The passage that a reorder holds back now, or null. Read and written under the gate of the holding room.</summary>
    public Hold? Holding { get; set; }

    /// <summary>Takes note of the counters in the store.</summary>
    /// <returns>Whether it is spent from now on and was not before.</returns>
    public bool Learn(ClaimCounters counters)
    {
        // The clock is left out: a window that has passed is an edge in time, which the pipeline watches by itself.
        if (_isSpent || !Model.Rule.IsSpent(counters.Matched, counters.Fired, DateTimeOffset.MinValue)) return false;

        return _isSpent = true;
    }

    /// <summary>Lets go of everything that waits. Runs foreign code, so never under a lock.</summary>
    public void End() => _ended.Cancel();
}
