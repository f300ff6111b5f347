namespace Faultline.Lab.Control;

/// <summary>The sample data that is being made or removed now, so that a run can wait until its messages are not among those that it judges. Thread-safe.</summary>
internal sealed class Sampling
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _underWay = [];

    /// <summary>Whether nothing is made or removed.</summary>
    public bool IsOver
    {
        get { lock (_gate) return _underWay.Count == 0; }
    }

    /// <summary>Something begins; it is over when the result is disposed.</summary>
    public IDisposable Begin()
    {
        var step = new Step(this);
        lock (_gate) _underWay.Add(step.Over);
        return step;
    }

    /// <summary>Waits until everything is over that is under way now.</summary>
    /// <param name="stop">Gives up.</param>
    public Task WhenOverAsync(CancellationToken stop)
    {
        lock (_gate) return Task.WhenAll(_underWay).WaitAsync(stop);
    }

    private sealed class Step(Sampling owner) : IDisposable
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Over => _over.Task;

        public void Dispose()
        {
            lock (owner._gate) owner._underWay.Remove(Over);
            _over.TrySetResult();
        }
    }
}
