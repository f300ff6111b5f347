using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;

namespace Faultline.Lab.RabbitMq;

/// <summary>The RabbitMQ of a lab: one of its own, started when the first system asks for it, or one that a person gave by its address. Thread-safe.</summary>
/// <param name="external">The address of a broker that is not the lab's; null for one of its own.</param>
/// <param name="folder">The lab's folder.</param>
/// <param name="changes">Where its changes of state are told.</param>
/// <param name="progress">Gets a line when it is started.</param>
/// <param name="time">The clock.</param>
public sealed class LabRabbit(string? external, LabFolder folder, ProcessChanges changes, IProgress<string> progress, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The name as a target of disruptions.</summary>
    public const string Target = "rabbitmq/queue";

    private readonly SemaphoreSlim _starting = new(1, 1);
    private volatile RabbitBroker? _own;

    /// <summary>The lab's own broker; null while nobody has asked for it, or when it is somebody else's.</summary>
    public SupervisedProcess? Process => _own?.Process;

    /// <summary>Whether a person gave its address, so that the lab cannot take it down.</summary>
    public bool IsExternal => external is not null;

    /// <summary>Where a system finds its broker. Starts the lab's own one; each system has a virtual host of its own there.</summary>
    /// <param name="system">The system.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>An address with a password: a secret.</returns>
    /// <exception cref="LabException">RabbitMQ is not installed, or does not start.</exception>
    public async Task<string> AddressForAsync(string system, CancellationToken stop)
    {
        if (external is not null) return external;

        RabbitBroker broker = await EnsureAsync(stop);
        await broker.CreateVirtualHostAsync(system, stop);
        return broker.AddressOf(system);
    }

    /// <summary>Deletes everything that a system has at the lab's own broker; does nothing where it has nothing.</summary>
    /// <param name="system">The system.</param>
    /// <param name="stop">Gives up.</param>
    public async Task DropAsync(string system, CancellationToken stop)
    {
        if (_own is not { } broker) return;
        await broker.CreateVirtualHostAsync(system, stop);
        await broker.DeleteVirtualHostAsync(system, stop);
    }

    /// <summary>Ends all connections of a system, as an administrator does.</summary>
    /// <param name="system">The system.</param>
    /// <param name="stop">Gives up.</param>
    public Task CloseConnectionsAsync(string system, CancellationToken stop) => _own is { } broker
        ? broker.CloseConnectionsAsync(system, stop)
        : throw new LabException($"'{Target}' {(IsExternal ? "is a broker given by its address; the lab cannot end its connections" : "does not run: no system of this lab uses it")}.");

    /// <summary>Stops the lab's own broker.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_own is { } broker) await broker.DisposeAsync();
        _starting.Dispose();
    }

    private async Task<RabbitBroker> EnsureAsync(CancellationToken stop)
    {
        await _starting.WaitAsync(stop);
        try
        {
            if (_own is { } running) return running;

            var broker = new RabbitBroker("queue", folder, RabbitInstallation.Require(), changes, time);
            progress.Report("Starting RabbitMQ");
            try
            {
                await broker.StartAsync(stop);
            }
            catch
            {
                await broker.DisposeAsync(); // It was begun here; nobody else would end it.
                throw;
            }

            return _own = broker;
        }
        finally
        {
            _starting.Release();
        }
    }
}
