using System.Collections.Immutable;
using System.Text.Json;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Anomalies;

/// <summary>The control state of one service in memory: for services without a database, for tests and simulation. Several pipelines may share one, like replicas a database.</summary>
public sealed class MemoryControlStore : IControlStore
{
    private readonly Lock _gate = new();
    private readonly List<Anomaly> _anomalies = [];
    private readonly Dictionary<string, GuardState> _guards = [];
    private readonly List<Firing> _firings = [];
    private long _version;
    private long _lastOrder;

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
            _anomalies.RemoveAll(other => other.ExpiresAt <= anomaly.CreatedAt);
            if (_anomalies.Find(other => other.Id == anomaly.Id) is { } there)
            {
                return Task.FromResult(new Placed(AnomalyContent.IsSame(there, anomaly) ? PlaceResult.Unchanged : PlaceResult.Conflict, there));
            }

            Anomaly added = anomaly with { Order = ++_lastOrder, Matched = 0, Fired = 0, LastFiredAt = null };
            _anomalies.Add(added);
            _version++;
            return Task.FromResult(new Placed(PlaceResult.Added, added));
        }
    }

    /// <inheritdoc />
    public Task<bool> RemoveAsync(Guid id, CancellationToken stop)
    {
        lock (_gate)
        {
            bool removed = _anomalies.RemoveAll(anomaly => anomaly.Id == id) > 0;
            if (removed) _version++;
            return Task.FromResult(removed);
        }
    }

    /// <inheritdoc />
    public Task<int> ClearAsync(CancellationToken stop)
    {
        lock (_gate)
        {
            int removed = _anomalies.Count;
            _anomalies.Clear();
            if (removed > 0) _version++;
            return Task.FromResult(removed);
        }
    }

    /// <inheritdoc />
    public Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop)
    {
        lock (_gate)
        {
            int place = _anomalies.FindIndex(anomaly => anomaly.Id == claim.AnomalyId && anomaly.Order == claim.AnomalyOrder);
            if (place < 0) return Task.FromResult<ClaimOutcome?>(null);

            Anomaly before = _anomalies[place];
            IReadOnlyList<string> asked = claim.AskedOperations;
            Dictionary<HitSubject, int> hits = asked.Count == 0 ? [] : _firings.Where(firing => firing.AnomalyId == claim.AnomalyId).Select(HitSubject.Of).OfType<HitSubject>()
                .Where(hit => asked.Contains(hit.Operation)).CountBy(hit => hit).ToDictionary();
            ClaimOutcome outcome = claim.Decide(new ClaimCounters(before.Matched, before.Fired), hits);
            outcome = outcome with { Firings = [.. outcome.Firings.Select((firing, index) => firing with { Id = _firings.Count + index + 1 })] };
            _firings.AddRange(outcome.Firings);
            _anomalies[place] = before with
            {
                Matched = outcome.Counters.Matched,
                Fired = outcome.Counters.Fired,
                LastFiredAt = outcome.Firings.IsEmpty ? before.LastFiredAt : claim.At,
            };
            return Task.FromResult<ClaimOutcome?>(outcome);
        }
    }

    /// <inheritdoc />
    public Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop)
    {
        lock (_gate)
        {
            return Task.FromResult<ImmutableArray<Firing>>([.. _firings.Skip((int)Math.Clamp(after, 0, int.MaxValue)).Take(limit)]);
        }
    }

    /// <inheritdoc />
    public Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop)
    {
        lock (_gate)
        {
            _version++;
            return Task.FromResult(_guards[guard] = new GuardState(string.Empty, guard, on, at));
        }
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
