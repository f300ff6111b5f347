using Faultline.Anomalies;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Store;
using Faultline.Simulation.Databases;
using Faultline.Simulation.Systems;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Schedules;

/// <summary>Sends requests, and remembers what was answered.</summary>
internal sealed class Client(SimSystem system)
{
    /// <summary>Requests that were acknowledged.</summary>
    public HashSet<int> Acknowledged { get; } = [];

    /// <summary>Requests that certainly did nothing.</summary>
    public HashSet<int> Failed { get; } = [];

    private readonly List<SimProcess> _asked = [];

    /// <summary>Whether no request is under way; a dead process answers none.</summary>
    public bool IsDone => _asked.TrueForAll(process => process.Context.IsDead);

    public void Send(Request request)
    {
        SimProcess[] up = [.. system.First.Processes.Where(process => process.IsUp && !process.Context.IsPaused)];
        if (up.Length == 0) return;
        SimProcess process = up[request.Replica % up.Length];
        _asked.Add(process);
        process.Context.Run(() => _ = AskAsync(process, request));
    }

    private async Task AskAsync(SimProcess process, Request request)
    {
        try
        {
            await process.Core.Units.RunAsync(new Origin($"op-{request.Deed.Number}"), (unit, stop) => DoAsync(process, request, unit, stop), CancellationToken.None);
            Acknowledged.Add(request.Deed.Number);
        }
        catch (InvalidOperationException)
        {
            Failed.Add(request.Deed.Number);
        }
        catch (Exception error) when (error is StoreException or SimDatabaseException or FaultException)
        {
            // The outcome is unknown to this client; the database knows it.
            return;
        }
        finally
        {
            _asked.Remove(process);
        }
    }

    private static async Task<int> DoAsync(SimProcess process, Request request, UnitOfWork unit, CancellationToken stop)
    {
        await ((SimConnection)unit.Connection).WriteAsync(new Effect(Shape.First, null, request.Deed.Number), stop);
        unit.Publish(new Asked(request.Deed));
        if (request.Twice) unit.Publish(new Asked(request.Deed with { Failures = 0, Lasting = false, SlowMs = 0 }));
        if (request.Scheduled is { } after) unit.Schedule(new Noted(request.Deed), process.Time.GetUtcNow() + after, request.Name);
        if (request.Cancels is { } name) unit.Cancel(name);
        return request.Fails ? throw new InvalidOperationException("the request is refused after all") : 0;
    }
}
