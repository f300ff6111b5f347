using Faultline.Lab.Links;
using Faultline.Lab.Problems;
using Faultline.Lab.Schedules;
using Faultline.Proxy.Http;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;
using Faultline.Verification.Profiles;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Profiles;

/// <summary>A profile in force on a running system: begins with the load and ends before the heal.</summary>
/// <param name="profile">The profile.</param>
/// <param name="site">Where it acts; its seed decides every random choice.</param>
internal sealed class ProfileLoad(FaultProfile profile, FaultSite site)
{
    private readonly CancellationTokenSource _over = new();
    private readonly List<(SystemLink Link, string Fault)> _placed = [];
    private DisruptorLoop? _disruptor;
    private Task _disrupting = Task.CompletedTask;
    private DateTimeOffset _startedAt;

    /// <summary>Puts it into force.</summary>
    /// <exception cref="LabException">It means a link that is not there.</exception>
    public void Begin()
    {
        _startedAt = site.Time.GetUtcNow();
        foreach (LinkFailures failures in profile.Links)
        {
            // The order counts: they are asked as they were set.
            foreach (SystemLink link in site.Links.Named(failures.Link)) foreach (HttpFaultConfig fault in FaultsOf(failures)) Set(link, fault);
        }

        foreach (LinkToxic toxic in profile.Toxics) foreach (SystemLink link in site.Links.Named(toxic.Link)) Set(link, toxic);
        if (profile.Disruptor is not { } plan) return;

        _disruptor = new DisruptorLoop(FaultOf(plan), site, site.Seed.Derive("disruptor"), inTurn: !plan.Overlap);
        _disrupting = _disruptor.RunAsync(_over.Token);
    }

    /// <summary>Ends it and says what it did. What is down is brought back; the heal waits until it is well.</summary>
    public async Task<IReadOnlyList<FaultVerdict>> EndAsync()
    {
        await _over.CancelAsync();
        await _disrupting;
        _over.Dispose();
        IReadOnlyList<FaultVerdict> did = [.. Did()];
        foreach ((SystemLink link, string fault) in _placed) await site.Links.RemoveAsync(link, fault);
        return did;
    }

    private static IEnumerable<HttpFaultConfig> FaultsOf(LinkFailures failures)
    {
        // Latency first: a fault that decides the outcome is the last that is asked.
        foreach ((HttpPhase phase, double share) in ((HttpPhase, double)[])[(HttpPhase.Before, failures.FailsBefore), (HttpPhase.After, failures.FailsAfter)])
        {
            string when = phase is HttpPhase.Before ? "before" : "after";
            if (failures.LatencyMax > TimeSpan.Zero)
            {
                yield return new HttpFaultConfig { Name = $"latency-{when}", Kinds = ["latency"], When = phase, Settings = new HttpFaultSettings { Distribution = "uniform", MinMs = 0, MaxMs = failures.LatencyMax.TotalMilliseconds } };
            }

            if (share > 0) yield return new HttpFaultConfig { Name = $"fails-{when}", Kinds = ["abort", "status"], When = phase, Trigger = new TriggerRule.Probability(share), Settings = new HttpFaultSettings { Status = 503 } };
        }
    }

    private void Set(SystemLink link, HttpFaultConfig fault)
    {
        HttpFaultConfig named = fault with { Name = NameOf(fault.Name!), Seed = SeedOf(link, fault.Name!) };
        site.Links.Add(link, named);
        _placed.Add((link, named.Name));
    }

    private void Set(SystemLink link, LinkToxic toxic)
    {
        var named = new ToxicConfig { Name = NameOf(toxic.Type), Type = toxic.Type, Toxicity = toxic.Toxicity, Attributes = toxic.Attributes, Seed = SeedOf(link, toxic.Type) };
        site.Links.Add(link, named);
        _placed.Add((link, named.Name));
    }

    /// <summary>Faults of the profile stand beside those of a schedule, on the same links.</summary>
    private string NameOf(string fault) => $"{profile.Name} {fault}";

    private ulong SeedOf(SystemLink link, string fault) => site.Seed.Derive($"link/{link.Name}/{fault}").Value;

    private DisruptorFault FaultOf(DisruptorPlan plan) => new()
    {
        Name = NameOf("disruptor"),
        Every = plan.Every,
        DownMin = TimeSpan.Zero,
        DownMax = plan.DownMax,
        // What the lab did not start it cannot take down.
        Targets = [.. plan.Targets.Where(target => site.System.Options.StandIn is not { IsAttached: true } standIn || standIn.Service != target)],
        Verbs = [DisruptionVerbs.Kill, DisruptionVerbs.Stop],
        AtOnce = plan.Overlap ? plan.Targets.Count : 1,
    };

    private IEnumerable<FaultVerdict> Did()
    {
        DateTimeOffset now = site.Time.GetUtcNow();
        foreach (IGrouping<string, SystemLink> same in _placed.Select(placed => placed.Link).Distinct().GroupBy(link => link.Link.Name))
        {
            LinkReport[] reports = [.. same.Select(site.Links.Report)];
            HttpFaultReport[] faults = [.. reports.SelectMany(link => link.HttpFaults).Where(fault => IsOwn(fault.Fault.Name))];
            long fired = faults.Where(fault => fault.Fault.Kinds[0] != "latency").Sum(fault => fault.Fired) + reports.SelectMany(link => link.Toxics).Where(toxic => IsOwn(toxic.Toxic.Name)).Sum(toxic => toxic.Acted);
            long matched = faults.Select(fault => fault.Matched).DefaultIfEmpty(0).Max();
            yield return new FaultVerdict($"{profile.Name}: {same.Key}", $"failures on the link {same.Key}", fired, Math.Max(matched, fired), _startedAt, now, reports.Select(link => link.LastFailure).FirstOrDefault(failure => failure is not null));
        }

        if (_disruptor is not null) yield return new FaultVerdict($"{profile.Name}: disruptor", $"one of {string.Join(", ", profile.Disruptor!.Targets)} down", _disruptor.Done, _disruptor.Done, _startedAt, now, _disruptor.Problem);
    }

    private bool IsOwn(string? fault) => fault?.StartsWith(NameOf(""), StringComparison.Ordinal) ?? false;
}
