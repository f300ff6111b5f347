namespace Restaurant.Orders.Calls;

/// <summary>
/// Leaves a dependency alone for a moment after several failures in a row; then one call tries it. One failure among successes never opens it: a link that loses a quarter of its calls is not dead. Thread-safe.
/// </summary>
internal sealed class Breaker(TimeProvider time)
{
    public const int FailuresMax = 8;
    public static readonly TimeSpan OpenFor = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private int _failures;
    private long _openedAt;
    private bool _isTrying;
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether a call may be made now.</summary>
    public bool Enter()
    {
        lock (_gate)
        {
            if (_failures < FailuresMax) return true;
            if (_isTrying || time.GetElapsedTime(_openedAt) < OpenFor) return false;
            return _isTrying = true;
        }
    }

    /// <summary>Waits until a call may be made; the end of every other call and the end of the moment is a new chance.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task WaitToEnterAsync(CancellationToken stop)
    {
        while (true)
        {
            Task ended;
            TimeSpan rest;
            lock (_gate)
            {
                if (Enter()) return;
                ended = _ended.Task;
                TimeSpan left = OpenFor - time.GetElapsedTime(_openedAt);
                rest = _isTrying ? Timeout.InfiniteTimeSpan : left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }

            // How it ended does not matter, only that it did.
            if (rest != TimeSpan.Zero) await ended.WaitAsync(rest, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Notes how a call ended.</summary>
    /// <param name="isWell">Whether the dependency answered as one that is alive; null when the call was given up before that was known.</param>
    public void Leave(bool? isWell)
    {
        TaskCompletionSource ended;
        lock (_gate)
        {
            _isTrying = false;
            if (isWell is { } known)
            {
                _failures = known ? 0 : _failures + 1;
                if (_failures >= FailuresMax) _openedAt = time.GetTimestamp();
            }

            (ended, _ended) = (_ended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        ended.SetResult();
    }
}
