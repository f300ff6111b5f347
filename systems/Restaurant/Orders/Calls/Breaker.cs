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

    /// <summary>Notes how a call ended.</summary>
    /// <param name="isWell">Whether the dependency answered as one that is alive.</param>
    public void Leave(bool isWell)
    {
        lock (_gate)
        {
            _isTrying = false;
            _failures = isWell ? 0 : _failures + 1;
            if (_failures >= FailuresMax) _openedAt = time.GetTimestamp();
        }
    }
}
