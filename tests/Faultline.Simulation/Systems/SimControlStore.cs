using System.Collections.Immutable;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Systems;

/// <summary>The control store as one process sees it: silent once the process is dead.</summary>
internal sealed class SimControlStore(IControlStore inner, SimContext context) : IControlStore
{
    public Task<ControlState?> LoadAsync(long knownVersion, CancellationToken stop) => WhenAlive(() => inner.LoadAsync(knownVersion, stop));

    public Task<Placed> AddAsync(Anomaly anomaly, CancellationToken stop) => WhenAlive(() => inner.AddAsync(anomaly, stop));

    public Task<bool> RemoveAsync(Guid id, CancellationToken stop) => WhenAlive(() => inner.RemoveAsync(id, stop));

    public Task<int> ClearAsync(CancellationToken stop) => WhenAlive(() => inner.ClearAsync(stop));

    public Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop) => WhenAlive(() => inner.ClaimAsync(claim, stop));

    public Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop) => WhenAlive(() => inner.ListFiringsAsync(after, limit, stop));

    public Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop) => WhenAlive(() => inner.SetGuardAsync(guard, on, at, stop));

    private Task<T> WhenAlive<T>(Func<Task<T>> ask) => context.IsDead ? new TaskCompletionSource<T>().Task : ask();
}
