namespace Faultline.Anomalies;

/// <summary>One passage that is held back.</summary>
internal sealed class Hold
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Hold(AnomalyState anomaly, Passage passage, int left, long number)
    {
        Anomaly = anomaly;
        Passage = passage;
        Left = left;
        Number = number;
        Released = WaitAsync();
    }

    public AnomalyState Anomaly { get; }

    public Passage Passage { get; }

    /// <summary>Which one of its room it is, from 1.</summary>
    public long Number { get; }

    /// <summary>How many must still overtake it. Under the gate of the room.</summary>
    public int Left { get; set; }

    /// <summary>Ends in the context of whoever was held, so that a wait with a token around it ends there too.</summary>
    public Task Released { get; }

    public ITimer? Limit { get; set; }

    public CancellationTokenRegistration Registration { get; set; }

    public void Release()
    {
        Limit?.Dispose();
        Registration.Unregister();
        _released.TrySetResult();
    }

    private async Task WaitAsync() => await _released.Task;
}

/// <summary>Where one fault point keeps those that are held back, and counts those that overtake them.</summary>
/// <param name="time">The clock.</param>
/// <param name="onChange">Called, outside of the gate, when the first one has come and when the last one has left: the point is armed in between.</param>
internal sealed class HoldingRoom(TimeProvider time, Action onChange)
{
    /// <summary>Nobody is held longer: where no later message comes, a reorder must not become a hang.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<Hold> _holds = [];
    private volatile bool _isHolding;
    private long _held;

    public bool IsHolding => _isHolding;

    /// <summary>How many have been held until now: whoever passes now overtakes these and no later ones.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Holds a passage, unless its anomaly already holds another one.</summary>
    public Hold? TryHold(AnomalyState anomaly, Passage passage, int count)
    {
        Hold hold;
        bool isFirst;
        lock (_gate)
        {
            if (anomaly.Holding is not null) return null;

            hold = new Hold(anomaly, passage, count, Interlocked.Increment(ref _held));
            anomaly.Holding = hold;
            isFirst = _holds.Count == 0;
            _holds.Add(hold);
            _isHolding = true;
        }

        if (isFirst) onChange();

        // Both may go off at once, and find the hold already in the list.
        hold.Limit = time.CreateTimer(_ => LetGo(hold), null, Longest, Timeout.InfiniteTimeSpan);
        hold.Registration = anomaly.Ended.UnsafeRegister(_ => LetGo(hold), null);
        return hold;
    }

    /// <summary>Counts those that go past. A passage that is held itself, lost or swallowed overtakes nobody.</summary>
    /// <param name="batch">What goes past, in order.</param>
    /// <param name="held">How many had been held when it came: it does not overtake what came after it.</param>
    public void CountPassed(IReadOnlyList<Passage> batch, long held)
    {
        if (!_isHolding) return;

        List<Hold> done = [];
        lock (_gate)
        {
            foreach (Hold hold in _holds)
            {
                if (hold.Number > held) continue;

                hold.Left -= LaterIn(batch, hold.Passage);
                if (hold.Left <= 0) done.Add(hold);
            }
        }

        foreach (Hold hold in done) LetGo(hold);
    }

    /// <summary>Those of a batch that come after the held one: all of them when it came with an earlier batch.</summary>
    private static int LaterIn(IReadOnlyList<Passage> batch, Passage held)
    {
        int later = 0;
        foreach (Passage passage in batch)
        {
            if (ReferenceEquals(passage, held)) later = 0;
            else if (passage.Fate == PassageFate.Go) later++;
        }

        return later;
    }

    private void LetGo(Hold hold)
    {
        bool isEmpty;
        lock (_gate)
        {
            if (!_holds.Remove(hold)) return;

            hold.Anomaly.Holding = null;
            isEmpty = _holds.Count == 0;
            _isHolding = !isEmpty;
        }

        hold.Release();
        if (isEmpty) onChange();
    }
}
