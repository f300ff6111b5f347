using Faultline.Lab.Problems;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Systems;
using Faultline.Verification.Experiments;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Control;

/// <summary>What the lab is busy with.</summary>
public enum LabPhase
{
    /// <summary>Systems are being started.</summary>
    Starting,

    /// <summary>Everything that was asked for runs.</summary>
    Running,

    /// <summary>Everything is being stopped.</summary>
    Stopping,
}

/// <summary>A lab with its systems: starts and stops them, resets them, and says who speaks for which service. Thread-safe.</summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _changing = new(1, 1); // One start, stop or reset at a time.
    private readonly Dictionary<string, LabSystem> _running = [];
    private readonly TaskCompletionSource _hurried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private LabPhase _phase = LabPhase.Starting;

    private ControlPlane(LabInfrastructure lab, IReadOnlyList<LabSystemSpec> known, TimeProvider time)
    {
        (Lab, Known, _time) = (lab, known, time);
        StartedAt = time.GetUtcNow();
        Runs = new LabRuns(this);
        Links = new LinkDesk(this);
        Disruptor = new HandDisruptor(time);
    }

    /// <summary>Databases, supervisor and disruptor.</summary>
    public LabInfrastructure Lab { get; }

    /// <summary>Every system that this build brings, running or not.</summary>
    public IReadOnlyList<LabSystemSpec> Known { get; }

    /// <summary>The experiments that were asked for while the lab runs.</summary>
    public LabRuns Runs { get; }

    /// <summary>The links of the systems, by hand.</summary>
    public LinkDesk Links { get; }

    /// <summary>The disruptor, by hand.</summary>
    public HandDisruptor Disruptor { get; }

    /// <summary>When the infrastructure stood.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The clock of the lab.</summary>
    public TimeProvider Time => _time;

    /// <summary>What the lab is busy with.</summary>
    public LabPhase Phase
    {
        get { lock (_gate) return _phase; }
        set { lock (_gate) _phase = value; }
    }

    /// <summary>The systems that run.</summary>
    public IReadOnlyList<LabSystem> Running
    {
        get { lock (_gate) return [.. _running.Values]; }
    }

    /// <summary>The sample data that is being made or removed.</summary>
    internal Sampling Samples { get; } = new();

    /// <summary>Whether a system is being started, stopped or reset.</summary>
    internal bool IsChanging => _changing.CurrentCount == 0;

    /// <summary>Starts the infrastructure; systems come later.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="known">Every system that may be started.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Gets one line for each step that may take long.</param>
    /// <param name="stop">Gives up, and undoes what was begun.</param>
    public static async Task<ControlPlane> StartAsync(LabOptions options, IReadOnlyList<LabSystemSpec> known, TimeProvider time, IProgress<string> progress, CancellationToken stop) =>
        new(await LabInfrastructure.StartAsync(options, time, progress, stop), known, time);

    /// <summary>Starts a system and waits until all of its instances are healthy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<LabSystem> StartSystemAsync(string name, LabSystemOptions options, CancellationToken stop)
    {
        LabSystemSpec spec = SpecOf(name);
        await _changing.WaitAsync(stop);
        try
        {
            if (FindRunning(name) is not null) throw new LabException($"System '{name}' runs already.");
            return await StartNeedsChangingAsync(spec, options, stop);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Makes the sample data of a running system, or removes it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="removes">Whether it is removed.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="LabException">The system does not run, has no sample data, or is in the middle of a run.</exception>
    public async Task<SampleOutcome> SampleAsync(string name, bool removes, CancellationToken stop)
    {
        ISampleData samples = SpecOf(name).Checks.Samples ?? throw new LabException($"System '{name}' has no sample data.");
        LabSystem system = FindRunning(name) ?? throw new LabException($"System '{name}' does not run; start it with 'faultline up {name}'.");
        using IDisposable step = Samples.Begin(); // Before the look at the runs: one that begins meanwhile waits for this.
        if (Runs.Current is { } run && run.Plan.System.Name == name) throw new LabException($"Run {run.Id} ({run.Plan.What}) is under way on {name}, and sample data would be among what it judges; wait for its end, or cancel it.");

        var call = new SampleCall(system.Http, system.AddressOf, _time);
        return removes ? await samples.RemoveAsync(call, stop) : await samples.LoadAsync(call, stop);
    }

    /// <summary>Wipes the databases, the queue and the data folders of a system and builds them anew; a system that runs is stopped before and started again after.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="stop">Gives up between two steps.</param>
    public async Task ResetAsync(string name, CancellationToken stop)
    {
        LabSystemSpec spec = SpecOf(name);
        await _changing.WaitAsync(stop);
        try
        {
            if (Runs.Current is { } run && run.Plan.System.Name == name) throw new LabException($"Run {run.Id} ({run.Plan.What}) is under way on {name}; wait for its end, or cancel it.");
            LabSystemOptions? options = FindRunning(name)?.Options;
            if (options is not null) await StopNeedsChangingAsync(name);
            await DropAsync(spec, stop);
            if (options is not null) await StartNeedsChangingAsync(spec, options, stop);
            else await MigrateAsync(spec, apply: true, stop);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Stops a system, if it runs, and starts it in another way, if it is to run; the databases stay.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How it is to run from now on; null when it is not to run.</param>
    /// <param name="stop">Gives up.</param>
    internal async Task<LabSystem?> ReplaceSystemAsync(string name, LabSystemOptions? options, CancellationToken stop)
    {
        LabSystemSpec spec = SpecOf(name);
        await _changing.WaitAsync(stop);
        try
        {
            await StopNeedsChangingAsync(name);
            return options is null ? null : await StartNeedsChangingAsync(spec, options, stop);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The migrations of the databases of a system.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="apply">Whether to apply those that are missing.</param>
    /// <param name="stop">Ends the wait between two of them.</param>
    public Task<IReadOnlyList<MigrationView>> MigrateAsync(string name, bool apply, CancellationToken stop) => MigrateAsync(SpecOf(name), apply, stop);

    /// <summary>Who speaks for a service; null when its system does not run.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    public ServiceClient? FindClient(string service) => Running.Select(system => system.Clients.GetValueOrDefault(service)).FirstOrDefault(client => client is not null);

    /// <summary>The running system of that name.</summary>
    /// <param name="name">Its name.</param>
    public LabSystem? FindRunning(string name)
    {
        lock (_gate) return _running.GetValueOrDefault(name);
    }

    /// <summary>The system of that name, running or not.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="LabException">There is none.</exception>
    public LabSystemSpec SpecOf(string name) => Known.FirstOrDefault(spec => spec.Name == name)
        ?? throw new LabException($"There is no system '{name}'; there are: {string.Join(", ", Known.Select(spec => spec.Name))}.");

    /// <summary>Ends all instances at once, without waiting for them to finish; for a person who is in a hurry.</summary>
    public async Task HurryAsync()
    {
        _hurried.TrySetResult();
        await Task.WhenAll(Lab.Supervisor.Instances.Select(instance => instance.KillAsync(stayDown: true)));
    }

    /// <summary>Cancels a run, whose rollbacks still run, and then stops everything in reverse order: systems, databases, folder.</summary>
    public async ValueTask DisposeAsync()
    {
        Phase = LabPhase.Stopping;
        await Runs.EndAsync(_hurried.Task);
        await Disruptor.DisposeAsync();
        await _changing.WaitAsync();
        try
        {
            await Task.WhenAll(Running.Select(system => StopNeedsChangingAsync(system.Spec.Name)));
        }
        finally
        {
            await Lab.DisposeAsync();
            _changing.Release();
            _changing.Dispose();
        }
    }

    private async Task<LabSystem> StartNeedsChangingAsync(LabSystemSpec spec, LabSystemOptions options, CancellationToken stop)
    {
        LabSystem system = await LabSystem.StartAsync(Lab, spec, options, stop);
        lock (_gate) _running[spec.Name] = system;
        return system;
    }

    private async Task StopNeedsChangingAsync(string name)
    {
        LabSystem? system;
        lock (_gate) _running.Remove(name, out system);
        if (system is not null) await system.DisposeAsync();
    }

    private async Task DropAsync(LabSystemSpec spec, CancellationToken stop)
    {
        foreach (ServiceDescription service in spec.Services.Where(service => service.HasDatabase)) await Lab.Services.DropDatabaseAsync(LabSystem.DatabaseOf(service.Service), stop);
        string data = LabSystem.DataFolderOf(Lab, spec);
        if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
        if (spec.IsOwn) return; // It has no queue.

        await Lab.Queue.DropDatabaseAsync(LabSystem.QueueDatabaseOf(spec.Name), stop);
        await Lab.Rabbit.DropAsync(spec.Name, stop);
    }

    private async Task<IReadOnlyList<MigrationView>> MigrateAsync(LabSystemSpec spec, bool apply, CancellationToken stop)
    {
        if (spec.Migrations is not { } migrate) return [];

        List<MigrationView> all = [];
        foreach (string service in spec.Services.Select(service => service.Service))
        {
            all.AddRange(await migrate(service, await Lab.Services.CreateDatabaseAsync(LabSystem.DatabaseOf(service), stop), apply, stop));
        }

        return all;
    }
}
