using Faultline.Lab.Systems;
using Faultline.Proxy.Links;
using Faultline.Triggers;
using Faultline.Verification.Profiles;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Profiles;

/// <summary>A profile in force on a running system: begins with the load and ends before the heal.</summary>
/// <param name="profile">The profile.</param>
/// <param name="system">The system.</param>
/// <param name="seed">Decides every random choice.</param>
/// <param name="time">The clock.</param>
internal sealed class ProfileLoad(FaultProfile profile, LabSystem system, Seed seed, TimeProvider time)
{
    private readonly CancellationTokenSource _over = new();
    private RandomDisruptor? _disruptor;
    private Task _disrupting = Task.CompletedTask;
    private DateTimeOffset _startedAt;

    /// <summary>Puts it into force.</summary>
    public void Begin()
    {
        _startedAt = time.GetUtcNow();
        system.Links?.Set(profile, seed);
        if (profile.Disruptor is not { } plan) return;

        // What the lab did not start it cannot take down.
        DisruptorPlan possible = plan with { Targets = [.. plan.Targets.Where(target => system.Options.StandIn is not { IsAttached: true } standIn || standIn.Service != target)] };
        _disruptor = new RandomDisruptor(possible, system.Lab.Disruptor, seed.Derive("disruptor"), time);
        _disrupting = _disruptor.RunAsync(_over.Token);
    }

    /// <summary>Ends it and says what it did. What is down stays down until the heal.</summary>
    public async Task<IReadOnlyList<FaultVerdict>> EndAsync()
    {
        await _over.CancelAsync();
        await _disrupting;
        _over.Dispose();
        IReadOnlyList<FaultVerdict> did = [.. Did()];
        if (system.Links is { } links) await links.ClearAsync();
        return did;
    }

    private IEnumerable<FaultVerdict> Did()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (LinkReport link in system.Links?.Report() ?? [])
        {
            long fired = link.HttpFaults.Where(fault => fault.Fault.Kinds[0] != "latency").Sum(fault => fault.Fired) + link.Toxics.Sum(toxic => toxic.Acted);
            long matched = link.HttpFaults.Select(fault => fault.Matched).DefaultIfEmpty(0).Max();
            if (link.HttpFaults.Count + link.Toxics.Count > 0) yield return new FaultVerdict($"{profile.Name}: {link.Name}", $"failures on the link {link.Name}", fired, Math.Max(matched, fired), _startedAt, now, link.LastFailure);
        }

        if (_disruptor is not null) yield return new FaultVerdict($"{profile.Name}: disruptor", $"one of {string.Join(", ", profile.Disruptor!.Targets)} down", _disruptor.Done, _disruptor.Done, _startedAt, now, _disruptor.Problem);
    }
}
