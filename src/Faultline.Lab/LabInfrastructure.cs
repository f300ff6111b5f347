using Faultline.Lab.Disruptor;
using Faultline.Lab.Instances;
using Faultline.Lab.Postgres;
using Faultline.Lab.Processes;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Sweeping;
using Faultline.Lab.Telemetry;

namespace Faultline.Lab;

/// <summary>What a lab stands on: its folder, two database servers, RabbitMQ where it is used, the supervisor of its instances, and the disruptor.</summary>
public sealed class LabInfrastructure : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _toEnd = new(); // The last started is the first to end.

    private LabInfrastructure(LabFolder folder, SweepReport sweep, TimeProvider time)
    {
        Folder = folder;
        Sweep = sweep;
        Time = time;
        Telemetry = new TelemetryStore(time);
        _toEnd.Push(folder);
    }

    /// <summary>The lab's folder.</summary>
    public LabFolder Folder { get; }

    /// <summary>What was found of earlier labs at the start, and ended.</summary>
    public SweepReport Sweep { get; }

    /// <summary>The server of the services' databases: <c>postgres/services</c>.</summary>
    public IDatabaseServer Services { get; private set; } = null!;

    /// <summary>The server of the queue: <c>postgres/queue</c>.</summary>
    public IDatabaseServer Queue { get; private set; } = null!;

    /// <summary>RabbitMQ, for the systems that run on it.</summary>
    public LabRabbit Rabbit { get; private set; } = null!;

    /// <summary>Starts and watches service instances.</summary>
    public InstanceSupervisor Supervisor { get; private set; } = null!;

    /// <summary>Takes processes down and brings them back.</summary>
    public LabDisruptor Disruptor { get; private set; } = null!;

    /// <summary>Whether the links of the systems go through the fault proxy.</summary>
    public bool UsesLinks { get; private init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What the services tell of themselves.</summary>
    public TelemetryStore Telemetry { get; }

    /// <summary>All changes of state, of instances and clusters.</summary>
    public ProcessChanges Changes { get; } = new();

    /// <summary>Cleans up after labs that were killed, takes the folder, installs what is missing, and starts both servers.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Gets one line for each step that may take long.</param>
    /// <param name="stop">Gives up, and undoes what was begun.</param>
    public static async Task<LabInfrastructure> StartAsync(
        LabOptions options, TimeProvider time, IProgress<string> progress, CancellationToken stop = default)
    {
        string root = Path.GetFullPath(options.Root);
        SweepReport sweep = await LabSweep.RunAsync(root, time, stop);
        LabFolder folder = options.Name is { } name ? await LabFolder.OpenAsync(root, name, time, stop) : await LabFolder.OpenRunAsync(root);
        LabInfrastructure lab = new(folder, sweep, time) { UsesLinks = options.Links };
        try
        {
            await LabSweep.CleanAsync(folder, time, stop); // A lab in this folder may have been killed since the sweep.
            if (ProcessTable.Find(Environment.ProcessId) is { } self) folder.Processes.Record(self, ProcessLedger.LabRole);
            FreePorts ports = new(folder.Path);
            if (options.Postgres is { } connectionString) await lab.UseExternalAsync(connectionString, stop);
            else await lab.StartClustersAsync(options.ToolsFolder ?? Path.Combine(root, ".faultline", "tools"), ports, progress, time, stop);

            lab.Rabbit = new LabRabbit(options.RabbitMq, folder, lab.Changes, progress, time);
            lab._toEnd.Push(lab.Rabbit);
            lab.Supervisor = new InstanceSupervisor(folder, ports, lab.Changes, time);
            lab._toEnd.Push(lab.Supervisor);
            lab.Disruptor = new LabDisruptor(folder, lab.Supervisor, [lab.Services, lab.Queue], lab.Rabbit, time);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync(); // What was started before the step that failed.
            throw;
        }
    }

    /// <summary>One look at all instances and clusters.</summary>
    public IReadOnlyList<ProcessStatus> Status() =>
    [
        .. new[] { Services, Queue }.OfType<PostgresCluster>().Select(cluster => cluster.Process.Status()),
        .. Rabbit.Process is { } rabbit ? [rabbit.Status()] : Array.Empty<ProcessStatus>(),
        .. Supervisor.Status(),
    ];

    /// <summary>Stops everything in reverse order: instances, servers, folder.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Exception> failures = [];
        while (_toEnd.TryPop(out IAsyncDisposable? last))
        {
            try
            {
                await last.DisposeAsync();
            }
            catch (Exception failure)
            {
                failures.Add(failure); // The others must end all the same; told below.
            }
        }

        Changes.Complete();
        if (failures.Count > 0) throw new AggregateException("The lab could not end cleanly.", failures);
    }

    private async Task UseExternalAsync(string connectionString, CancellationToken stop)
    {
        Services = await ExternalPostgres.OpenAsync("postgres/services", connectionString, Folder, stop);
        _toEnd.Push(Services);
        Queue = await ExternalPostgres.OpenAsync("postgres/queue", connectionString, Folder, stop);
        _toEnd.Push(Queue);
    }

    private async Task StartClustersAsync(string toolsFolder, FreePorts ports, IProgress<string> progress, TimeProvider time, CancellationToken stop)
    {
        int? made = await PostgresCluster.MadeByAsync("services", Folder, stop);
        PostgresInstallation installation = await new PostgresBinaries(toolsFolder, Folder.Processes, progress, time).EnsureAsync(made, stop);
        PostgresCluster services = new("services", Folder, installation, ports, Changes, time);
        PostgresCluster queue = new("queue", Folder, installation, ports, Changes, time);
        Services = services;
        Queue = queue;
        _toEnd.Push(new BothAtOnce(services, queue));
        await Task.WhenAll(services.StartAsync(stop), queue.StartAsync(stop));
    }

    /// <summary>Two that end together: each takes a checkpoint, and the disk serves both.</summary>
    private sealed class BothAtOnce(IAsyncDisposable first, IAsyncDisposable second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.WhenAll(first.DisposeAsync().AsTask(), second.DisposeAsync().AsTask());
    }
}
