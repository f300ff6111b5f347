using Faultline.Lab.Links;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>A toxic of a schedule, on every link that its name means.</summary>
internal sealed class ScheduledToxic(ToxicFault fault, FaultSite site) : ScheduledFault(fault, site)
{
    private IReadOnlyList<SystemLink> _links = [];
    private IReadOnlyList<(SystemLink Link, LinkReport Report)> _last = []; // What was seen last, also after its removal.

    public override bool HasFired => Look().Any(seen => ActsOf(seen.Report) > 0);

    /// <summary>The toxic as the fault proxy takes it.</summary>
    /// <param name="fault">As an experiment writes it.</param>
    /// <param name="seed">Decides its random choices.</param>
    public static ToxicConfig ConfigOf(ToxicFault fault, ulong seed) => new()
    {
        Name = fault.Name,
        Type = fault.Type,
        Stream = fault.Stream == "upstream" ? StreamSide.Upstream : StreamSide.Downstream,
        Toxicity = fault.Toxicity,
        Attributes = fault.Attributes,
        Seed = seed,
    };

    protected override Task PlaceAsync(CancellationToken stop)
    {
        _links = Site.Links.Named(fault.Link, fault.Instance);
        foreach (SystemLink link in _links) Site.Links.Add(link, ConfigOf(fault, Site.SeedOf(fault.Name, link.Name).Value));
        return Task.CompletedTask;
    }

    protected override async Task RemoveAsync(CancellationToken stop)
    {
        Look();
        foreach (SystemLink link in _links) await Site.Links.RemoveAsync(link, fault.Name);
    }

    protected override FaultRun Fill(FaultRun run)
    {
        IReadOnlyList<(SystemLink Link, LinkReport Report)> seen = Look();
        bool carried = seen.Any(each => each.Report.CarriedTraffic);
        return run with
        {
            Executed = seen.Sum(each => ActsOf(each.Report)),
            Marks = [.. from each in seen from toxic in each.Report.Toxics where toxic.Toxic.Name == fault.Name && toxic.FirstActedAt is not null select new FaultMark(toxic.FirstActedAt!.Value, each.Link.Name)],
            Problem = StartedAt is null || seen.Any(each => ActsOf(each.Report) > 0) ? null : carried ? $"{fault.Link} carried traffic in the run, and nothing passed that {fault.Type} acts on while it was set" : $"{fault.Link} carried no traffic",
        };
    }

    private long ActsOf(LinkReport report) => report.Toxics.Where(toxic => toxic.Toxic.Name == fault.Name).Sum(toxic => toxic.Acted);

    private IReadOnlyList<(SystemLink Link, LinkReport Report)> Look() => EndedAt is not null ? _last : _last = [.. _links.Select(link => (link, Site.Links.Report(link)))];
}
