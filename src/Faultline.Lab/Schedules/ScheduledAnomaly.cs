using Faultline.Protocol.Faults;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>An anomaly of a schedule. A hang with a length is counted from its first hit.</summary>
internal sealed class ScheduledAnomaly(AnomalyFault fault, FaultSite site) : ScheduledFault(fault, site)
{
    private readonly List<Guid> _ids = [];
    private long _matched;
    private TimeSpan? _firedSince;

    public override bool HasFired => _firedSince is not null;

    protected override TimeSpan? LengthBegan => fault.Kind == FaultKinds.Hang ? _firedSince : StartedSince;

    public override void Observe(IReadOnlyDictionary<Guid, (long Matched, long Fired)> seen, TimeSpan since)
    {
        _matched = Math.Max(_matched, _ids.Sum(id => seen.GetValueOrDefault(id).Matched));
        if (_ids.Exists(id => seen.GetValueOrDefault(id).Fired > 0)) _firedSince ??= since;
    }

    protected override async Task PlaceAsync(CancellationToken stop)
    {
        foreach (AnomalyRequest request in Placement.Requests(fault, Site.Shared ? Site.Cell : null, Site.Seed, Site.Run))
        {
            _ids.Add((await Site.System.Clients[fault.Service].PlaceAsync(request, stop)).Id);
        }
    }

    protected override async Task RemoveAsync(CancellationToken stop)
    {
        foreach (Guid id in _ids) await Site.System.Clients[fault.Service].RemoveAsync(id, stop);
    }

    protected override FaultRun Fill(FaultRun run) => run with { AnomalyIds = _ids, Matched = _matched };
}
