namespace Faultline.Bench.Throughput.Baseline;

/// <summary>Wakes one waiter; raises that come before it waits are kept as one. Raising from several threads at once may wake it twice, which does no harm.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0);

    public void Raise()
    {
        if (_raised.CurrentCount == 0) _raised.Release();
    }

    /// <summary>Waits until it is raised, or for the given time.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken stop) => _raised.WaitAsync(atMost, stop);

    public void Dispose() => _raised.Dispose();
}
