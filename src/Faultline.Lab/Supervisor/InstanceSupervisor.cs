using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Telemetry;

namespace Faultline.Lab.Supervisor;

/// <summary>All service instances of a lab.</summary>
public sealed class InstanceSupervisor : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(InstanceSpec Spec, SupervisedProcess Process)> _instances = [];
    private readonly LabFolder _folder;
    private readonly FreePorts _ports;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = LabHttp.Over(new SocketsHttpHandler(), Timeout.InfiniteTimeSpan); // Each probe has its own limit.

    internal InstanceSupervisor(LabFolder folder, FreePorts ports, ProcessChanges changes, TimeProvider time)
    {
        _http.DefaultRequestHeaders.Add(NoTrace.Header, NoTrace.Value);
        _folder = folder;
        _ports = ports;
        Changes = changes;
        _time = time;
    }

    /// <summary>All changes of state, of instances and clusters.</summary>
    public ProcessChanges Changes { get; }

    /// <summary>All instances in the order in which they were added.</summary>
    public IReadOnlyList<SupervisedProcess> Instances
    {
        get { lock (_gate) return [.. _instances.Select(instance => instance.Process)]; }
    }

    /// <summary>A free port on 127.0.0.1 that this lab gives to nobody else, for what has to know its port beforehand.</summary>
    public int TakePort() => _ports.Take();

    /// <summary>Adds an instance and starts it; returns at once.</summary>
    public SupervisedProcess Start(InstanceSpec spec)
    {
        List<string> problems = [.. spec.Problems()];
        if (problems.Count > 0) throw new LabException(string.Join("; ", problems) + ".");

        SupervisedProcess process;
        lock (_gate)
        {
            if (_instances.Any(instance => instance.Spec.Target == spec.Target)) throw new LabException($"There is an instance {spec.Target} already; use another ordinal.");

            process = new SupervisedProcess(new ServiceKind(spec, _folder, _ports, _http, _time), Changes, _time);
            _instances.Add((spec, process));
        }

        process.Start();
        return process;
    }

    /// <summary>The instances that a target names: one instance (<c>ticketflow/tickets-1</c>) or a service (<c>ticketflow/tickets</c>); none when unknown.</summary>
    public IReadOnlyList<SupervisedProcess> Find(string target)
    {
        lock (_gate)
        {
            return [.. _instances.Where(instance => instance.Spec.Target == target || instance.Spec.ServiceTarget == target).Select(instance => instance.Process)];
        }
    }

    /// <summary>Waits until all instances are healthy.</summary>
    public Task WaitHealthyAsync(TimeSpan limit, CancellationToken stop = default) =>
        Task.WhenAll(Instances.Select(instance => instance.WaitHealthyAsync(limit, stop)));

    /// <summary>Stops an instance for good and forgets it; its log file stays.</summary>
    public async Task RemoveAsync(string target, CancellationToken stop = default)
    {
        foreach (SupervisedProcess process in Find(target))
        {
            await process.StopAsync(stayDown: true, stop);
            await EndAsync(process);
            lock (_gate) _instances.RemoveAll(instance => instance.Process == process);
        }
    }

    /// <summary>One look at each instance.</summary>
    public IReadOnlyList<ProcessStatus> Status() => [.. Instances.Select(instance => instance.Status())];

    /// <summary>Stops all services, the last started first, the instances of one service together.</summary>
    public async ValueTask DisposeAsync()
    {
        List<(InstanceSpec Spec, SupervisedProcess Process)> instances;
        lock (_gate) instances = [.. _instances];

        foreach (IGrouping<string, (InstanceSpec Spec, SupervisedProcess Process)> service in instances.GroupBy(instance => instance.Spec.ServiceTarget).Reverse())
        {
            await Task.WhenAll(service.Select(instance => EndAsync(instance.Process)));
        }

        _http.Dispose();
    }

    private static async Task EndAsync(SupervisedProcess process)
    {
        await process.DisposeAsync();
        await process.Log.DisposeAsync();
    }
}
