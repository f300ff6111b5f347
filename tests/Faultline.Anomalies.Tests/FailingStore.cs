using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Anomalies.Tests;

/// <summary>A store that is away when a test says so.</summary>
internal sealed class FailingStore : IControlStore
{
    private readonly MemoryControlStore _store = new();

    public bool IsDown { get; set; }

    public bool IsSilent { get; set; }

    public int Readings { get; private set; }

    public async Task<ControlState?> LoadAsync(long knownVersion, CancellationToken stop)
    {
        Readings++;
        await AnswerAsync(stop);
        return await _store.LoadAsync(knownVersion, stop);
    }

    public Task<Placed> AddAsync(Anomaly anomaly, CancellationToken stop) => _store.AddAsync(anomaly, stop);

    public Task<bool> RemoveAsync(Guid id, CancellationToken stop) => _store.RemoveAsync(id, stop);

    public Task<int> ClearAsync(CancellationToken stop) => _store.ClearAsync(stop);

    public async Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop)
    {
        await AnswerAsync(stop);
        return await _store.ClaimAsync(claim, stop);
    }

    public Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop) => _store.ListFiringsAsync(after, limit, stop);

    public Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop) => _store.SetGuardAsync(guard, on, at, stop);

    private async Task AnswerAsync(CancellationToken stop)
    {
        if (IsDown) throw new IOException("the store is away");
        if (IsSilent) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
    }
}
