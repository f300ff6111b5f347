using System.Collections.Immutable;
using System.Text.Json;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Anomalies;

/// <summary>The control state of one service in memory: for services without a database, for tests and simulation. Several pipelines may share one, like replicas a database.</summary>
public sealed class MemoryControlStore : IControlStore
{
    /// <summary>How many firings are kept, the newest ones: an anomaly that fires on everything must not fill the memory of a service.</summary>
    public const int FiringsKept = 10_000;

    private readonly Lock _gate = new();
    private readonly List<Anomaly> _anomalies = [];
    private readonly Dictionary<string, GuardState> _guards = [];
    private readonly Queue<Firing> _firings = new();
    private readonly Action<ControlChange> _journal;
    private long _version;
    private long _lastOrder;
    private long _lastFiring;

    /// <summary>Makes an empty one.</summary>
    public MemoryControlStore()
        : this(static _ => { })
    {
    }

    /// <summary>Makes one that writes down each change before it is in force.</summary>
    /// <param name="journal">Called under the gate; when it fails the change does not happen.</param>
    internal MemoryControlStore(Action<ControlChange> journal) => _journal = journal;

    /// <inheritdoc />
    public Task<ControlState?> LoadAsync(long knownVersion, CancellationToken stop)
    {
        lock (_gate)
        {
            return Task.FromResult(knownVersion == _version ? null : new ControlState(_version, [.. _anomalies], [.. _guards.Values]));
        }
    }

    /// <inheritdoc />
    public Task<Placed> AddAsync(Anomaly anomaly, CancellationToken stop)
    {
        lock (_gate)
        {
            if (_anomalies.Find(other => other.Id == anomaly.Id && !(other.ExpiresAt <= anomaly.CreatedAt)) is { } there)
            {
                return Task.FromResult(new Placed(AnomalyContent.IsSame(there, anomaly) ? PlaceResult.Unchanged : PlaceResult.Conflict, there));
            }

            Anomaly added = anomaly with { Order = _lastOrder + 1, Matched = 0, Fired = 0, LastFiredAt = null };
            ChangeNeedsGate(new ControlChange { Placed = added });
            return Task.FromResult(new Placed(PlaceResult.Added, added));
        }
    }

    /// <inheritdoc />
    public Task<bool> RemoveAsync(Guid id, CancellationToken stop)
    {
        lock (_gate)
        {
            bool isThere = _anomalies.Exists(anomaly => anomaly.Id == id);
            if (isThere) ChangeNeedsGate(new ControlChange { Removed = id });
            return Task.FromResult(isThere);
        }
    }

    /// <inheritdoc />
    public Task<int> ClearAsync(CancellationToken stop)
    {
        lock (_gate)
        {
            int removed = _anomalies.Count;
            if (removed > 0) ChangeNeedsGate(new ControlChange { Cleared = true });
            return Task.FromResult(removed);
        }
    }

    /// <inheritdoc />
    public Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop)
    {
        lock (_gate)
        {
            Anomaly? before = _anomalies.Find(anomaly => anomaly.Id == claim.AnomalyId && anomaly.Order == claim.AnomalyOrder);
            if (before is null) return Task.FromResult<ClaimOutcome?>(null);

            IReadOnlyList<string> asked = claim.AskedOperations;
            Dictionary<HitSubject, int> hits = asked.Count == 0 ? [] : _firings.Where(firing => firing.AnomalyId == claim.AnomalyId).Select(HitSubject.Of).OfType<HitSubject>()
                .Where(hit => asked.Contains(hit.Operation)).CountBy(hit => hit).ToDictionary();
            ClaimOutcome outcome = claim.Decide(new ClaimCounters(before.Matched, before.Fired), hits);
            outcome = outcome with { Firings = [.. outcome.Firings.Select((firing, index) => firing with { Id = _lastFiring + index + 1 })] };
            ChangeNeedsGate(new ControlChange
            {
                Counted = before with { Matched = outcome.Counters.Matched, Fired = outcome.Counters.Fired, LastFiredAt = outcome.Firings.IsEmpty ? before.LastFiredAt : claim.At },
                Firings = outcome.Firings,
            });
            return Task.FromResult<ClaimOutcome?>(outcome);
        }
    }

    /// <inheritdoc />
    public Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop)
    {
        lock (_gate)
        {
            return Task.FromResult<ImmutableArray<Firing>>([.. _firings.Where(firing => firing.Id > after).Take(limit)]);
        }
    }

    /// <inheritdoc />
    public Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop)
    {
        lock (_gate)
        {
            var state = new GuardState(string.Empty, guard, on, at);
            ChangeNeedsGate(new ControlChange { Guard = state });
            return Task.FromResult(state);
        }
    }

    /// <summary>Takes over a change that is written down already.</summary>
    internal void Restore(ControlChange change)
    {
        lock (_gate) ApplyNeedsGate(change);
    }

    /// <summary>The changes that lead to the state as it is, shortest first. Called under the gate by the journal, or before anybody else knows the store.</summary>
    internal IEnumerable<ControlChange> Shortest() =>
    [
        .. _guards.Values.Select(guard => new ControlChange { Guard = guard }),
        .. _firings.Chunk(100).Select(some => new ControlChange { Firings = [.. some] }),
        .. _anomalies.Select(anomaly => new ControlChange { Placed = anomaly }),
    ];

    private void ChangeNeedsGate(ControlChange change)
    {
        _journal(change);
        ApplyNeedsGate(change);
    }

    private void ApplyNeedsGate(ControlChange change)
    {
        if (change.Placed is { } placed)
        {
            _anomalies.RemoveAll(other => other.ExpiresAt <= placed.CreatedAt);
            _anomalies.Add(placed);
            _lastOrder = placed.Order;
        }

        if (change.Removed is { } removed) _anomalies.RemoveAll(anomaly => anomaly.Id == removed);
        if (change.Cleared) _anomalies.Clear();
        if (change.Guard is { } guard) _guards[guard.Name] = guard;
        if (change.Counted is { } counted) _anomalies[_anomalies.FindIndex(anomaly => anomaly.Order == counted.Order)] = counted;
        else if (change.Firings.IsEmpty) _version++; // Counters and firings are no new version.

        foreach (Firing firing in change.Firings)
        {
            _firings.Enqueue(firing);
            _lastFiring = firing.Id;
        }

        while (_firings.Count > FiringsKept) _firings.Dequeue();
    }
}

/// <summary>What of an anomaly somebody asked for, as opposed to what the store adds.</summary>
public static class AnomalyContent
{
    /// <summary>Whether two anomalies ask for the same: all but time of creation, order and counters.</summary>
    /// <param name="one">The one.</param>
    /// <param name="other">The other.</param>
    public static bool IsSame(Anomaly one, Anomaly other) => Write(one) == Write(other);

    // Compared as JSON: records with dictionaries inside compare those by reference.
    private static string Write(Anomaly anomaly)
    {
        IReadOnlyDictionary<string, string>? headers = anomaly.Match.Headers;
        MatchSpec match = headers is null ? anomaly.Match : anomaly.Match with { Headers = new SortedDictionary<string, string>(headers.ToDictionary(), StringComparer.Ordinal) };
        return JsonSerializer.Serialize(anomaly with { Match = match, CreatedAt = default, Order = 0, Matched = 0, Fired = 0, LastFiredAt = null }, ProtocolJson.Options);
    }
}
