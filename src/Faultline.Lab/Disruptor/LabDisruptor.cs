using Faultline.Lab.Instances;
using Faultline.Lab.Postgres;
using Faultline.Lab.Problems;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;

namespace Faultline.Lab.Disruptor;

/// <summary>Takes processes down and brings them back: one instance, all of a service, or a server (<c>postgres/services</c>, <c>postgres/queue</c>, <c>rabbitmq/queue</c>).</summary>
/// <remarks>What it takes down is recorded durably before the deed, so that it comes back whatever happens to the lab.</remarks>
public sealed class LabDisruptor
{
    private static readonly TimeSpan HealLimit = TimeSpan.FromSeconds(60);

    private readonly LabFolder _folder;
    private readonly InstanceSupervisor _supervisor;
    private readonly IReadOnlyList<IDatabaseServer> _servers;
    private readonly LabRabbit _rabbit;
    private readonly TimeProvider _time;

    internal LabDisruptor(LabFolder folder, InstanceSupervisor supervisor, IReadOnlyList<IDatabaseServer> servers, LabRabbit rabbit, TimeProvider time)
    {
        _folder = folder;
        _supervisor = supervisor;
        _servers = servers;
        _rabbit = rabbit;
        _time = time;

        // Everything is started afresh, and what stood still was ended before: so it is healed, and only has to be told.
        HealedAtStart = [.. folder.Disruptions.All().Select(record => new HealedTarget(record.Target, record.Verb, record.At, ByEarlierLab: true))];
        folder.Disruptions.Clear();
    }

    /// <summary>What an earlier lab in this folder had taken down when it ended, and which is back by this start.</summary>
    public IReadOnlyList<HealedTarget> HealedAtStart { get; }

    /// <summary>What is down now.</summary>
    public IReadOnlyList<DisruptionRecord> Active => _folder.Disruptions.All();

    /// <summary>Ends a target by SIGKILL.</summary>
    /// <param name="target">An instance, a service or a cluster.</param>
    /// <param name="stayDown">Whether it stays down until <see cref="RestartAsync"/> or <see cref="HealAllAsync"/>; otherwise it is started at once.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task KillAsync(string target, bool stayDown = false, CancellationToken stop = default) => ForEachAsync(target, async process =>
    {
        Record(process, "kill", stayDown);
        await process.KillAsync(stayDown, stop);
    });

    /// <summary>Asks a target to end by SIGTERM (a cluster by SIGINT), and ends it by SIGKILL after its grace period.</summary>
    /// <param name="target">An instance, a service or a cluster.</param>
    /// <param name="stayDown">Whether it stays down until <see cref="RestartAsync"/> or <see cref="HealAllAsync"/>; otherwise it is started at once.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task StopAsync(string target, bool stayDown = true, CancellationToken stop = default) => ForEachAsync(target, async process =>
    {
        Record(process, "stop", stayDown);
        await process.StopAsync(stayDown, stop);
    });

    /// <summary>Makes a target stand still (SIGSTOP); a cluster with all its processes.</summary>
    public Task PauseAsync(string target) => ForEachAsync(target, process =>
    {
        Record(process, "pause", lasting: true);
        try
        {
            process.Pause();
        }
        catch (LabException)
        {
            _folder.Disruptions.Remove(process.Target); // It did not run: nothing was done.
            throw;
        }

        return Task.CompletedTask;
    });

    /// <summary>Lets a paused target go on (SIGCONT).</summary>
    public Task ResumeAsync(string target) => ForEachAsync(target, process =>
    {
        process.Resume();
        _folder.Disruptions.Remove(process.Target);
        return Task.CompletedTask;
    });

    /// <summary>Stops a target if it runs, and starts it.</summary>
    public Task RestartAsync(string target, CancellationToken stop = default) => ForEachAsync(target, async process =>
    {
        await process.RestartAsync(stop);
        _folder.Disruptions.Remove(process.Target);
    });

    /// <summary>Waits until a target is healthy again.</summary>
    /// <exception cref="LabException">It does not get there in time.</exception>
    public Task WaitHealthyAsync(string target, CancellationToken stop = default) => ForEachAsync(target, process => process.WaitHealthyAsync(HealLimit, stop));

    /// <summary>Ends the connections of a system to RabbitMQ, as an administrator would.</summary>
    /// <param name="system">The system.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task CloseConnectionsAsync(string system, CancellationToken stop = default) => _rabbit.CloseConnectionsAsync(system, stop);

    /// <summary>Ends database sessions of a service, as an administrator would.</summary>
    /// <param name="target">The cluster, such as <c>postgres/services</c>.</param>
    /// <param name="database">The service whose database it is.</param>
    /// <param name="applicationPattern">Which application names; <c>*</c> stands for anything.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How many sessions were ended.</returns>
    public Task<int> TerminateSessionsAsync(string target, string database, string applicationPattern = "*", CancellationToken stop = default)
    {
        IDatabaseServer server = _servers.FirstOrDefault(server => server.Target == target)
            ?? throw new LabException($"There is no database server '{target}'; there are: {string.Join(", ", _servers.Select(server => server.Target))}.");
        return server.TerminateSessionsAsync(database, applicationPattern, stop);
    }

    /// <summary>Brings everything back that this lab took down, waits until it is healthy, and tells what it was.</summary>
    public async Task<IReadOnlyList<HealedTarget>> HealAllAsync(CancellationToken stop = default)
    {
        List<HealedTarget> healed = [];
        List<string> problems = [];

        // Servers first: services do not get well without them.
        foreach (DisruptionRecord record in _folder.Disruptions.All().OrderByDescending(record => FindServer(record.Target) is not null))
        {
            try
            {
                if (await TryHealAsync(record.Target, stop)) healed.Add(new HealedTarget(record.Target, record.Verb, record.At, ByEarlierLab: false));
                _folder.Disruptions.Remove(record.Target);
            }
            catch (LabException error)
            {
                problems.Add(error.Message); // It stays on the list; the others are healed all the same.
            }
        }

        return problems.Count == 0 ? healed : throw new LabException($"Not everything is back: {string.Join(" ", problems)}");
    }

    /// <summary>False when the instance was removed for good in between.</summary>
    private async Task<bool> TryHealAsync(string target, CancellationToken stop)
    {
        if ((FindServer(target) ?? _supervisor.Find(target).SingleOrDefault()) is not { } process) return false;

        if (process.State == ProcessState.Paused) process.Resume();
        else process.Start();
        await process.WaitHealthyAsync(HealLimit, stop);
        return true;
    }

    private void Record(SupervisedProcess process, string verb, bool lasting)
    {
        if (lasting) _folder.Disruptions.Add(new DisruptionRecord(process.Target, verb, _time.GetUtcNow()));
        else _folder.Disruptions.Remove(process.Target); // It comes back by itself, also if it was down or paused before.
    }

    private Task ForEachAsync(string target, Func<SupervisedProcess, Task> act) => Task.WhenAll(Find(target).Select(act));

    private IReadOnlyList<SupervisedProcess> Find(string target)
    {
        if (FindServer(target) is { } server) return [server];

        if (_supervisor.Find(target) is { Count: > 0 } found) return found;

        if (_servers.Any(given => given.Target == target)) throw new LabException($"'{target}' is a server given by connection string; the lab cannot take it down.");
        if (target == LabRabbit.Target && _rabbit.IsExternal) throw new LabException($"'{target}' is a broker given by its address; the lab cannot take it down.");

        IEnumerable<string> known = [.. _supervisor.Instances.Select(instance => instance.Target), .. _servers.OfType<PostgresCluster>().Select(own => own.Target), .. _rabbit.Process is null ? Array.Empty<string>() : [LabRabbit.Target]];
        throw new LabException($"There is no instance, service or server '{target}'; there are: {string.Join(", ", known)}.");
    }

    private SupervisedProcess? FindServer(string target) =>
        target == LabRabbit.Target ? _rabbit.Process : _servers.OfType<PostgresCluster>().FirstOrDefault(cluster => cluster.Target == target)?.Process;
}
