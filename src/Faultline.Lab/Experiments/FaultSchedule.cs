using Faultline.Lab.Problems;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>The faults of one cell: each is placed when its moment comes and removed when its end does. Not thread-safe: one loop steps it.</summary>
internal sealed class FaultSchedule(Experiment cell, string? run, LabSystem system, bool shared, TimeProvider time)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<Placed> _faults = [.. cell.Schedule.Select(fault => new Placed(fault))];

    private sealed class Placed(FaultSpec fault)
    {
        public FaultSpec Fault { get; } = fault;

        public List<Guid> Anomalies { get; } = [];

        public DateTimeOffset? StartedAt { get; set; }

        public DateTimeOffset? EndedAt { get; set; }

        public TimeSpan StartedSince { get; set; }

        public TimeSpan? FiredSince { get; set; }

        public long Executed { get; set; }

        public long Matched { get; set; }

        public string? Target { get; set; }

        public string? Problem { get; set; }
    }

    /// <summary>Whether every fault has been placed and removed again, or stays until the heal.</summary>
    public bool IsSettled => _faults.TrueForAll(fault => fault.EndedAt is not null || (fault.StartedAt is not null && fault.Fault.For is null && fault.Fault.Until is null));

    /// <summary>Whether a fault with a length of its own is under way.</summary>
    public bool IsRunning => _faults.Exists(fault => fault is { StartedAt: not null, EndedAt: null, Fault.For: not null } && (fault.Fault is not AnomalyFault { Kind: FaultKinds.Hang } || fault.FiredSince is not null));

    /// <summary>Places and removes what is due.</summary>
    /// <param name="progress">How far the cell has come.</param>
    /// <param name="stop">Gives up.</param>
    public async Task StepAsync(Progress progress, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            foreach (Placed fault in _faults)
            {
                if (fault.StartedAt is null && fault.Fault.From.IsReached(progress)) await StartAsync(fault, progress.SinceLoad, stop);
                if (fault.StartedAt is null || fault.EndedAt is not null) continue;
                TimeSpan? begin = fault.Fault is AnomalyFault { Kind: FaultKinds.Hang } ? fault.FiredSince : fault.StartedSince;
                bool isOver = fault.Fault.For is { } length ? progress.SinceLoad - begin >= length : fault.Fault.Until?.IsReached(progress) ?? false;
                if (isOver) await TryEndAsync(fault, stop);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes note of what anomalies have met and hit: a hang with a length is counted from its first hit.</summary>
    /// <param name="seen">Their counters by id.</param>
    /// <param name="since">Time since the begin of the load.</param>
    public void Observe(IReadOnlyDictionary<Guid, (long Matched, long Fired)> seen, TimeSpan since)
    {
        foreach (Placed fault in _faults)
        {
            fault.Matched = Math.Max(fault.Matched, fault.Anomalies.Sum(id => seen.GetValueOrDefault(id).Matched));
            if (fault.Anomalies.Exists(id => seen.GetValueOrDefault(id).Fired > 0)) fault.FiredSince ??= since;
        }
    }

    /// <summary>Whether there is nothing left to wait for: every anomaly has fired at least once and none with a length is still there, every disruption is over.</summary>
    public bool HasActed => _faults.TrueForAll(fault => fault.EndedAt is not null || (fault.StartedAt is not null && fault.Fault.For is null && (fault.Fault is not AnomalyFault || fault.FiredSince is not null)));

    /// <summary>What became of the faults; what is still there is removed by the heal.</summary>
    public IReadOnlyList<FaultRun> End() =>
        [.. _faults.Select(fault => new FaultRun
        {
            Name = fault.Fault.Name, AnomalyIds = fault.Anomalies, Executed = fault.Executed, Matched = fault.Matched, StartedAt = fault.StartedAt, EndedAt = fault.EndedAt ?? time.GetUtcNow(), Problem = fault.Problem,
        })];

    private async Task StartAsync(Placed placed, TimeSpan since, CancellationToken stop)
    {
        placed.StartedAt = time.GetUtcNow();
        placed.StartedSince = since;
        switch (placed.Fault)
        {
            case AnomalyFault anomaly:
                foreach (AnomalyRequest request in Placement.Requests(anomaly, shared ? cell.Name : null, new Seed(cell.Seed ?? 0), run))
                {
                    placed.Anomalies.Add((await system.Clients[anomaly.Service].PlaceAsync(request, stop)).Id);
                }

                break;
            case DisruptionFault disruption:
                await DisruptAsync(placed, disruption, stop);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task DisruptAsync(Placed placed, DisruptionFault disruption, CancellationToken stop)
    {
        string target = placed.Target = TargetOf(disruption);
        bool stays = disruption.For is not null;
        switch (disruption.Verb)
        {
            case DisruptionVerbs.Kill: await system.Lab.Disruptor.KillAsync(target, stays, stop); break;
            case DisruptionVerbs.Stop: await system.Lab.Disruptor.StopAsync(target, stayDown: true, stop); break;
            case DisruptionVerbs.Pause: await system.Lab.Disruptor.PauseAsync(target); break;
            case DisruptionVerbs.Restart: await system.Lab.Disruptor.RestartAsync(target, stop); break;
            case DisruptionVerbs.TerminateSessions: await TerminateAsync(disruption, stop); break;
            default: throw new LabException($"There is no disruption '{disruption.Verb}'; there are: {string.Join(", ", DisruptionVerbs.All)}.");
        }

        placed.Executed++;
    }

    private async Task TerminateAsync(DisruptionFault disruption, CancellationToken stop)
    {
        string target = ServerOf(disruption.Target);
        if (target == LabRabbit.Target)
        {
            await system.Lab.Disruptor.CloseConnectionsAsync(system.Spec.Name, stop);
            return;
        }

        IEnumerable<string> databases = target == BrokerNames.ServerOf(BrokerNames.PostgreSql) ? [LabSystem.QueueDatabaseOf(system.Spec.Name)] : system.Clients.Keys.Select(LabSystem.DatabaseOf);
        foreach (string database in databases) await system.Lab.Disruptor.TerminateSessionsAsync(target, database, "*", stop);
    }

    /// <summary>A service with several instances: the seed picks one, unless the experiment names it.</summary>
    private string TargetOf(DisruptionFault disruption)
    {
        if (disruption.Instance is { } instance) return instance.Contains('/', StringComparison.Ordinal) ? instance : $"{system.Spec.Name}/{instance}";
        IReadOnlyList<SupervisedProcess> instances = system.InstancesOf(disruption.Target);
        return instances.Count == 0 ? ServerOf(disruption.Target) : new Seed(cell.Seed ?? 0).For(disruption.Name, cell.Name).Pick(instances).Target;
    }

    private string ServerOf(string target) => target == BrokerNames.Target ? BrokerNames.ServerOf(system.Options.Broker) : target;

    /// <summary>A service that is just coming back does not answer: its anomaly is removed at the next step.</summary>
    private async Task TryEndAsync(Placed placed, CancellationToken stop)
    {
        try
        {
            await EndAsync(placed, stop);
        }
        catch (Exception error) when (error is LabException or HttpRequestException or ServiceRefusedException { Status: >= 500 })
        {
            return;
        }
    }

    private async Task EndAsync(Placed placed, CancellationToken stop)
    {
        switch (placed.Fault)
        {
            case AnomalyFault anomaly:
                foreach (Guid id in placed.Anomalies) await system.Clients[anomaly.Service].RemoveAsync(id, stop);
                break;
            case DisruptionFault { Verb: DisruptionVerbs.Pause }:
                await system.Lab.Disruptor.ResumeAsync(placed.Target!);
                break;
            case DisruptionFault { Verb: DisruptionVerbs.Kill or DisruptionVerbs.Stop }:
                await system.Lab.Disruptor.RestartAsync(placed.Target!, stop);
                break;
        }

        placed.EndedAt = time.GetUtcNow();
    }
}
