using Faultline.Lab.Problems;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Protocol.Services;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>A disruption of a schedule.</summary>
internal sealed class ScheduledDisruption(DisruptionFault fault, FaultSite site) : ScheduledFault(fault, site)
{
    private string? _target;
    private long _executed;
    private FaultMark? _mark;

    public override bool HasFired => Interlocked.Read(ref _executed) > 0; // On a busy machine a server takes seconds to obey; until then nothing has happened.

    protected override async Task PlaceAsync(CancellationToken stop)
    {
        string target = _target = Target();
        var disruptor = Site.System.Lab.Disruptor;
        switch (fault.Verb)
        {
            case DisruptionVerbs.Kill: await disruptor.KillAsync(target, stayDown: fault.For is not null, stop); break;
            case DisruptionVerbs.Stop: await disruptor.StopAsync(target, stayDown: true, stop); break;
            case DisruptionVerbs.Pause: await disruptor.PauseAsync(target); break;
            case DisruptionVerbs.Restart: await disruptor.RestartAsync(target, stop); break;
            case DisruptionVerbs.TerminateSessions: await TerminateAsync(stop); break;
            default: throw new LabException($"There is no disruption '{fault.Verb}'; there are: {string.Join(", ", DisruptionVerbs.All)}.");
        }

        Interlocked.Increment(ref _executed);
        _mark = new FaultMark(StartedAt!.Value, $"{fault.Verb} {target}");
    }

    protected override async Task RemoveAsync(CancellationToken stop)
    {
        if (fault.Verb == DisruptionVerbs.Pause) await Site.System.Lab.Disruptor.ResumeAsync(_target!);
        else if (fault.Verb is DisruptionVerbs.Kill or DisruptionVerbs.Stop) await Site.System.Lab.Disruptor.RestartAsync(_target!, stop);
    }

    protected override FaultRun Fill(FaultRun run) => run with { Executed = _executed, Marks = _mark is { } mark ? [mark] : [] };

    private async Task TerminateAsync(CancellationToken stop)
    {
        string target = Site.ServerOf(fault.Target);
        if (target == LabRabbit.Target)
        {
            await Site.System.Lab.Disruptor.CloseConnectionsAsync(Site.System.Spec.Name, stop);
            return;
        }

        IEnumerable<string> databases = target == BrokerNames.ServerOf(BrokerNames.PostgreSql) ? [LabSystem.QueueDatabaseOf(Site.System.Spec.Name)] : Site.System.Spec.Services.Where(service => service is { IsOwn: true, HasDatabase: true } || Site.System.Clients.ContainsKey(service.Service)).Select(service => LabSystem.DatabaseOf(service.Service));
        foreach (string database in databases) await Site.System.Lab.Disruptor.TerminateSessionsAsync(target, database, "*", stop);
    }

    /// <summary>A service with several instances: the seed picks one, unless the experiment names it.</summary>
    private string Target()
    {
        if (fault.Instance is { } instance) return instance.Contains('/', StringComparison.Ordinal) ? instance : $"{Site.System.Spec.Name}/{instance}";
        IReadOnlyList<SupervisedProcess> instances = Site.System.InstancesOf(fault.Target);
        return instances.Count == 0 ? Site.ServerOf(fault.Target) : Site.Seed.For(fault.Name, Site.Cell).Pick(instances).Target;
    }
}
