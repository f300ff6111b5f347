using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Faultline.Anomalies;

/// <summary>
/// The control state of one process: which anomalies and guards are in force, and how they are changed. It follows the store: read at start before the first
/// message, on each announcement, and again when nothing was heard for a while. One per process; safe for all threads.
/// </summary>
public sealed class ControlPanel : IDisposable
{
    /// <summary>When the store has not been read for so long it is read again: an announcement may have been lost. Old ones that come again do not put that off.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly string _service;
    private readonly IControlStore _store;
    private readonly FaultPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IReadOnlyList<GuardDescription> _known;
    private volatile GuardSet _guards = GuardSet.AllOn;
    private long _version = -1;
    private long _readAt;

    /// <summary>Makes the control panel of a process. Nothing is in force before <see cref="RefreshAsync"/>.</summary>
    /// <param name="service">The service, as <c>system/service</c>.</param>
    /// <param name="store">Where the state lives.</param>
    /// <param name="pipeline">The fault points of this process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where changes are told; null for nowhere.</param>
    /// <param name="guards">The guards of the service, in the order of its list; null for those of the messaging core.</param>
    public ControlPanel(
        string service, IControlStore store, FaultPipeline pipeline, TimeProvider time, ILogger<ControlPanel>? log = null, IReadOnlyList<GuardDescription>? guards = null)
    {
        _service = service;
        _store = store;
        _pipeline = pipeline;
        _time = time;
        _log = log ?? NullLogger<ControlPanel>.Instance;
        _known = guards ?? GuardNames.All;
        _readAt = time.GetTimestamp();
    }

    /// <summary>Tells all instances of the service that a version is there; set by whoever owns the broadcast. Null: they find out by themselves.</summary>
    public Func<long, CancellationToken, Task>? Announce { get; set; }

    /// <summary>The service, as <c>system/service</c>.</summary>
    public string Service => _service;

    /// <summary>The version in force; -1 before the first reading.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The guards in force: one volatile read.</summary>
    public GuardSet Guards => _guards;

    /// <summary>Whether a guard protects; one that nobody ever switched does.</summary>
    /// <param name="guard">Its name.</param>
    public bool IsOn(string guard) => _guards.IsOn(guard);

    /// <summary>Reads the store when it is of another version, and puts that into force.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task RefreshAsync(CancellationToken stop)
    {
        // One after the other: of two readings that overtake each other the older one must not win.
        await _reading.WaitAsync(stop);
        try
        {
            ControlState? state = await _store.LoadAsync(Version, stop);
            Interlocked.Exchange(ref _readAt, _time.GetTimestamp());
            if (state is not null) PutIntoForce(state);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>To be called when a version was announced. A late, repeated or wrong one does no harm: what counts is in the store.</summary>
    /// <param name="version">The announced version.</param>
    /// <param name="stop">Gives up.</param>
    public async Task OnAnnouncedAsync(long version, CancellationToken stop)
    {
        if (version > Version) await RefreshAsync(stop);
    }

    /// <summary>Watches until cancelled: reads the store again whenever it has not been read for <see cref="SilenceLimit"/>.</summary>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                TimeSpan left = SilenceLimit - _time.GetElapsedTime(Interlocked.Read(ref _readAt));
                // Delays count whole milliseconds: rounded up, or the last fraction of one would be spun away.
                if (left > TimeSpan.Zero) await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), _time, stop);
                else await RefreshOrReportAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Sets an anomaly on all instances of the service.</summary>
    /// <param name="anomaly">Complete but for order and counters.</param>
    /// <param name="stop">Gives up; the anomaly may then be set or not.</param>
    public async Task<Placed> PlaceAsync(Anomaly anomaly, CancellationToken stop)
    {
        Placed placed = await _store.AddAsync(anomaly, stop);
        if (placed.Result == PlaceResult.Added) await SpreadAsync(stop);
        return placed;
    }

    /// <summary>Removes an anomaly from all instances; whatever it holds goes on.</summary>
    /// <param name="id">Which.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> RemoveAsync(Guid id, CancellationToken stop)
    {
        bool removed = await _store.RemoveAsync(id, stop);
        if (removed) await SpreadAsync(stop);
        return removed;
    }

    /// <summary>Removes all anomalies from all instances.</summary>
    /// <param name="stop">Gives up.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> ClearAsync(CancellationToken stop)
    {
        int removed = await _store.ClearAsync(stop);
        if (removed > 0) await SpreadAsync(stop);
        return removed;
    }

    /// <summary>Switches a guard on all instances.</summary>
    /// <param name="guard">Its name.</param>
    /// <param name="on">Whether it protects.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<GuardState> SwitchAsync(string guard, bool on, CancellationToken stop)
    {
        GuardState state = await _store.SetGuardAsync(guard, on, _time.GetUtcNow(), stop);
        await SpreadAsync(stop);
        return state with { Service = _service };
    }

    /// <summary>What is set now, in creation order, with its counters over all instances.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task<ImmutableArray<Anomaly>> ListAsync(CancellationToken stop)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return [.. (await ReadAllAsync(stop)).Anomalies.Where(anomaly => !(anomaly.ExpiresAt <= now))];
    }

    /// <summary>All guards of the service and how they stand.</summary>
    /// <param name="stop">Gives up.</param>
    public async Task<ImmutableArray<GuardState>> ListGuardsAsync(CancellationToken stop)
    {
        ImmutableArray<GuardState> switched = (await ReadAllAsync(stop)).Guards;
        return [.. _known.Select(guard => (switched.FirstOrDefault(state => state.Name == guard.Name) ?? new GuardState(_service, guard.Name, On: true, ChangedAt: null)) with { Service = _service })];
    }

    /// <summary>What fired, oldest first.</summary>
    /// <param name="after">Only firings with a higher id.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Gives up.</param>
    public Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop) => _store.ListFiringsAsync(after, limit, stop);

    /// <inheritdoc />
    public void Dispose() => _reading.Dispose();

    /// <summary>The whole state with its counters. What is told is in force here: whoever has asked every instance knows that all work by it.</summary>
    private async Task<ControlState> ReadAllAsync(CancellationToken stop)
    {
        ControlState state = await _store.LoadAsync(-1, stop) ?? throw new InvalidOperationException("the control store gave nothing although it was asked for any version");
        if (state.Version > Version) await RefreshAsync(stop);
        return state;
    }

    /// <summary>After a change: into force here at once, then told to the others.</summary>
    private async Task SpreadAsync(CancellationToken stop)
    {
        await RefreshAsync(stop);
        if (Announce is not { } announce) return;

        long version = Version;
        try
        {
            await announce(version, stop);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            // The change is durable and in force; a broker that is away only makes the others later.
            FaultLog.NotAnnounced(_log, error, version, SilenceLimit);
        }
    }

    private async Task RefreshOrReportAsync(CancellationToken stop)
    {
        try
        {
            await RefreshAsync(stop);
        }
        catch (Exception error) when (!stop.IsCancellationRequested) // The edge of the background loop: the next round tries again.
        {
            FaultLog.NotRead(_log, error, Version);
            Interlocked.Exchange(ref _readAt, _time.GetTimestamp());
        }
    }

    private void PutIntoForce(ControlState state)
    {
        _guards = new GuardSet(state.Guards.Where(guard => !guard.On).Select(guard => guard.Name));
        _pipeline.Apply(state.Anomalies);
        Interlocked.Exchange(ref _version, state.Version);
        FaultLog.InForce(_log, state.Version, state.Anomalies.Length, string.Join(", ", state.Guards.Where(guard => !guard.On).Select(guard => guard.Name)));
    }
}
