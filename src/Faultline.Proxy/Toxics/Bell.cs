using System.Threading.Tasks.Sources;

namespace Faultline.Proxy.Toxics;

/// <summary>
/// Wakes the one who waits, or the next one who comes to wait; may ring for nothing. One waiter at a time. Waiting allocates nothing.
/// </summary>
internal sealed class Bell : IValueTaskSource, IDisposable
{
    private static readonly TimeSpan Fine = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private bool _isRung;
    private bool _isAwaited;

    public Bell(TimeProvider time) => _timer = time.CreateTimer(static bell => ((Bell)bell!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Ring()
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                _isRung = true;
                return;
            }

            _isAwaited = false;
        }

        _core.SetResult(true);
    }

    /// <summary>Waits for the bell, at most for as long as given; the end of time means without limit.</summary>
    public ValueTask WaitAsync(TimeSpan limit)
    {
        short version;
        lock (_gate)
        {
            if (_isRung)
            {
                _isRung = false;
                return ValueTask.CompletedTask;
            }

            _core.Reset();
            _isAwaited = true;
            version = _core.Version;
        }

        // Timers count whole milliseconds: a longer wait is rounded up, a finer one rings at once until its time has come.
        if (limit <= Fine) _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        else if (limit < TimeSpan.FromDays(40)) _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(limit.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        return new ValueTask(this, version);
    }

    public void Dispose() => _timer.Dispose();

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);
}
