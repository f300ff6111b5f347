using Faultline.Lab.Links;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>A partition of a schedule.</summary>
internal sealed class ScheduledPartition(PartitionFault fault, FaultSite site) : ScheduledFault(fault, site)
{
    private IReadOnlyList<(string Link, long Acted, DateTimeOffset? FirstAt)> _last = []; // What was seen last, also after the heal.

    public override bool HasFired => Look().Any(act => act.Acted > 0);

    protected override Task PlaceAsync(CancellationToken stop)
    {
        new Partitions(Site.Links).Cut(fault.Name, fault.Group, fault.Rest, fault.Way);
        return Task.CompletedTask;
    }

    protected override Task RemoveAsync(CancellationToken stop)
    {
        Look();
        return new Partitions(Site.Links).HealAsync(fault.Name);
    }

    protected override FaultRun Fill(FaultRun run)
    {
        IReadOnlyList<(string Link, long Acted, DateTimeOffset? FirstAt)> seen = Look();
        return run with
        {
            Executed = seen.Sum(act => act.Acted),
            Marks = [.. seen.Where(act => act.FirstAt is not null).GroupBy(act => act.Link).Select(acts => new FaultMark(acts.Min(act => act.FirstAt)!.Value, acts.Key))],
            Problem = StartedAt is null || seen.Any(act => act.Acted > 0) ? null : "nothing was sent between the groups while they were cut off",
        };
    }

    private IReadOnlyList<(string Link, long Acted, DateTimeOffset? FirstAt)> Look() => EndedAt is not null || StartedAt is null ? _last : _last = new Partitions(Site.Links).ActsOf(fault.Name);
}
