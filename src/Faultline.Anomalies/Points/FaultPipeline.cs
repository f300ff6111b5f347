using System.Runtime.CompilerServices;
using Faultline.Protocol.Faults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Faultline.Anomalies;

/// <summary>
/// The fault points of one process. A step asks <see cref="IsArmed"/>, which costs nanoseconds, and only when the answer is yes makes a <see cref="Passage"/>
/// and lets it pass. One per process; safe for all threads.
/// </summary>
public sealed class FaultPipeline : IDisposable
{
    // A claim is one transaction in the service's own database. Where that takes longer than this the step goes on without the fault.
    private static readonly TimeSpan ClaimLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReportPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly string _instance;
    private readonly IControlStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FaultPoint[] _points; // Each in its slot: its index, and after those of the product one for each of the application's own.
    private readonly Dictionary<string, int> _ownSlots;
    private readonly FaultContext _context;
    private readonly ITimer _edge;
    private readonly SortedDictionary<long, AnomalyState> _states = []; // By creation order; under the gate.
    private volatile AnomalySet _set;
    private long _claimsFailed;
    private long _claimsReported;
    private long _reportedAt = long.MinValue;

    /// <summary>Makes the fault points of a process.</summary>
    /// <param name="instance">The name of this instance: anomalies that are narrowed to another one stay silent here.</param>
    /// <param name="store">Where firings are claimed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where firings are told; null for nowhere.</param>
    /// <param name="crash">What <c>crash</c> does; null for SIGKILL to this process.</param>
    /// <param name="own">Points of the application's own, from <see cref="OwnPoint.Declare"/>; null for none.</param>
    /// <exception cref="ArgumentException">Two of the application's own points have one name.</exception>
    public FaultPipeline(string instance, IControlStore store, TimeProvider time, ILogger<FaultPipeline>? log = null, Action? crash = null, IReadOnlyCollection<FaultPoint>? own = null)
    {
        _instance = instance;
        _store = store;
        _time = time;
        _log = log ?? NullLogger<FaultPipeline>.Instance;
        _points = [.. FaultPoints.All, .. (own ?? []).Select((point, number) => point with { Index = FaultPoints.All.Count + number })];
        _ownSlots = _points.Skip(FaultPoints.All.Count).ToDictionary(point => point.Name, point => point.Index);
        _context = new FaultContext(time, [.. _points.Select(_ => new HoldingRoom(time, Rebuild))], crash ?? CrashKind.KillThisProcess);
        _set = new AnomalySet(_points, [], DateTimeOffset.MinValue, static _ => false);
        _edge = time.CreateTimer(_ => Rebuild(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many claims failed since the start; each is a fault that did not act.</summary>
    public long ClaimsFailed => Interlocked.Read(ref _claimsFailed);

    /// <summary>Whether anything can happen at a point. False while nothing is set there for this instance; a few nanoseconds, and allocates nothing.</summary>
    /// <param name="point">The step that is reached.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsArmed(FaultPoint point)
    {
        // In place of the runtime's own check of the bounds, so it costs nothing.
        bool[] armed = _set.Armed;
        return (uint)point.Index < (uint)armed.Length ? armed[point.Index] : IsOwnArmed(point);
    }

    /// <summary>
    /// Lets one message or request pass. A delay, a hang and a reorder wait in here, so <see cref="Passage.Fate"/> is never <see cref="PassageFate.Held"/> afterwards.
    /// </summary>
    /// <param name="point">The step that is reached.</param>
    /// <param name="passage">What passes; its fate, body, copies and storm say afterwards what to do.</param>
    /// <param name="stop">Ends a wait.</param>
    /// <exception cref="FaultException">An <c>exception</c> anomaly fired.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited.</exception>
    public async ValueTask PassAsync(FaultPoint point, Passage passage, CancellationToken stop)
    {
        if (await EnterAsync(point, passage, stop)) CountPassed(point, passage);
    }

    /// <summary>
    /// Lets one message or request pass, like <see cref="PassAsync(FaultPoint, Passage, CancellationToken)"/>, but does not let go of those that it overtakes: who calls it does that by
    /// <see cref="CountPassed"/> when the work behind the point is done. Else whoever was held could still do its work first.
    /// </summary>
    /// <param name="point">The step that is reached.</param>
    /// <param name="passage">What passes.</param>
    /// <param name="stop">Ends a wait.</param>
    /// <returns>Whether it may have overtaken others; false when it was held itself.</returns>
    /// <exception cref="FaultException">An <c>exception</c> anomaly fired.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited.</exception>
    public async ValueTask<bool> EnterAsync(FaultPoint point, Passage passage, CancellationToken stop)
    {
        if (SlotOf(point) is not { } slot) return false;

        await ActAllAsync(slot, [passage], stop);
        passage.Overtakes = _context.Rooms[slot].Held;
        if (passage.Fate != PassageFate.Held) return true;

        await passage.Release.WaitAsync(stop);
        passage.Fate = PassageFate.Go;
        passage.Release = Task.CompletedTask;
        return false;
    }

    /// <summary>Tells those that are held at a point that a passage has gone past, and has done what comes after the point.</summary>
    /// <param name="point">The point that it passed by <see cref="EnterAsync"/>.</param>
    /// <param name="passage">What passed.</param>
    public void CountPassed(FaultPoint point, Passage passage)
    {
        if (SlotOf(point) is { } slot) _context.Rooms[slot].CountPassed([passage], passage.Overtakes);
    }

    /// <summary>
    /// Lets a batch pass. Crash, delay, hang and exception hit the batch when any passage matches and fires; the other kinds that passage alone. A reorder
    /// gives <see cref="PassageFate.Held"/>: the pipeline handles the others, awaits <see cref="Passage.Release"/>, and handles the held one then.
    /// </summary>
    /// <param name="point">The step that is reached.</param>
    /// <param name="batch">What passes, in order.</param>
    /// <param name="stop">Ends a wait.</param>
    /// <exception cref="FaultException">An <c>exception</c> anomaly fired.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited.</exception>
    public async ValueTask PassAsync(FaultPoint point, IReadOnlyList<Passage> batch, CancellationToken stop)
    {
        if (SlotOf(point) is not { } slot) return;

        await ActAllAsync(slot, batch, stop);
        _context.Rooms[slot].CountPassed(batch, _context.Rooms[slot].Held);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Apply([]);
        _edge.Dispose();
    }

    /// <summary>Puts a new state into force. What stays keeps its waits; what is gone lets go of them.</summary>
    /// <param name="anomalies">All anomalies of the service.</param>
    internal void Apply(IReadOnlyCollection<Anomaly> anomalies)
    {
        List<AnomalyState> gone = [];
        lock (_gate)
        {
            HashSet<long> wanted = [.. anomalies.Select(anomaly => anomaly.Order)];
            gone.AddRange(_states.Values.Where(state => !wanted.Contains(state.Model.Config.Order)));
            foreach (AnomalyState state in gone) _states.Remove(state.Model.Config.Order);

            foreach (Anomaly anomaly in anomalies.Where(anomaly => anomaly.Instance is null || anomaly.Instance == _instance))
            {
                if (_states.TryGetValue(anomaly.Order, out AnomalyState? known)) known.Learn(new ClaimCounters(anomaly.Matched, anomaly.Fired));
                else if (AnomalyModel.Read(anomaly, _points) is { } model) _states.Add(anomaly.Order, new AnomalyState(model));
                else FaultLog.NotKnownHere(_log, anomaly.Id, anomaly.Kind, anomaly.Point);
            }
        }

        Rebuild();
        foreach (AnomalyState state in gone) state.End();
    }

    private async ValueTask ActAllAsync(int slot, IReadOnlyList<Passage> batch, CancellationToken stop)
    {
        foreach (AnomalyState anomaly in _set.At(slot))
        {
            if (anomaly.IsSpent || anomaly.Ended.IsCancellationRequested) continue;

            Passage[] matching = [.. batch.Where(passage => passage.Fate is PassageFate.Go or PassageFate.Held && anomaly.Model.Matcher.Matches(passage))];
            if (matching.Length == 0) continue;

            await ActAsync(anomaly, matching, await ClaimAsync(anomaly, matching), stop);
        }
    }

    /// <summary>Where a point is here; null for one that this process was not told of, at which nothing can be set.</summary>
    private int? SlotOf(FaultPoint point)
    {
        if (point.Index >= 0) return point.Index;
        return _ownSlots.TryGetValue(point.Name, out int slot) ? slot : null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsOwnArmed(FaultPoint point) => SlotOf(point) is { } slot && _set.Armed[slot];

    /// <summary>Computes the set in force from what is known and the time, and sets the timer for the next moment at which time alone changes it.</summary>
    private void Rebuild()
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<AnomalyState> expired;
        lock (_gate)
        {
            expired = [.. _states.Values.Where(state => state.Model.Config.ExpiresAt <= now)];
            foreach (AnomalyState state in expired) _states.Remove(state.Model.Config.Order);

            _set = new AnomalySet(_points, _states.Values, now, slot => _context.Rooms[slot].IsHolding);
            DateTimeOffset? next = _states.Values.Min(state => state.Model.NextEdge(now));
            TimeSpan wait = next is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Min((next.Value - now).Ticks, LongestTimer.Ticks));
            _edge.Change(wait, Timeout.InfiniteTimeSpan);
        }

        foreach (AnomalyState state in expired) state.End();
    }

    /// <summary>Claims in the store, before anything acts. No claim, no fault; and never a failure for the step that only passes by.</summary>
    private async ValueTask<ClaimOutcome?> ClaimAsync(AnomalyState anomaly, Passage[] matching)
    {
        try
        {
            // Not the token of the step: a claim that is given up halfway might be recorded although nothing acted.
            using var limit = new CancellationTokenSource(ClaimLimit, _time);
            return await _store.ClaimAsync(new Claim(anomaly.Model, _instance, _time.GetUtcNow(), matching), limit.Token);
        }
        catch (Exception error) // The edge between a fault and the business: whatever fails here is the lab's failure, not the service's.
        {
            ReportFailedClaim(anomaly, error);
            return null;
        }
    }

    private async ValueTask ActAsync(AnomalyState anomaly, Passage[] matching, ClaimOutcome? claimed, CancellationToken stop)
    {
        if (claimed is null) return;

        if (anomaly.Learn(claimed.Counters)) Rebuild();
        if (claimed.Firings.IsEmpty) return;

        Tell(anomaly.Model.Config, claimed);
        long firstMatch = claimed.Counters.Matched - matching.Length + 1;
        foreach (Firing firing in claimed.Firings)
        {
            Passage passage = matching[firing.Match - firstMatch];
            await anomaly.Model.Kind.ActAsync(new Strike(anomaly, passage, anomaly.Model.DiceToAct(passage, firing.Match), _context), stop);
            if (anomaly.Model.Kind.HitsWholeBatch) return;
        }
    }

    private void Tell(Anomaly anomaly, ClaimOutcome claimed)
    {
        Firing first = claimed.Firings[0];
        FaultTelemetry.CountFired(anomaly, claimed.Firings.Length);
        FaultLog.Fires(_log, anomaly.Id, anomaly.Kind, anomaly.Point, claimed.Firings.Length, first.MessageType, first.MessageId);
    }

    private void ReportFailedClaim(AnomalyState anomaly, Exception error)
    {
        FaultTelemetry.CountFailed(anomaly.Model.Config);
        long failed = Interlocked.Increment(ref _claimsFailed);
        long now = _time.GetTimestamp();
        long reportedAt = Interlocked.Read(ref _reportedAt);
        bool isDue = reportedAt == long.MinValue || _time.GetElapsedTime(reportedAt, now) >= ReportPause;
        if (!isDue || Interlocked.CompareExchange(ref _reportedAt, now, reportedAt) != reportedAt) return;

        FaultLog.ClaimFailed(_log, error, failed - Interlocked.Exchange(ref _claimsReported, failed));
    }
}
