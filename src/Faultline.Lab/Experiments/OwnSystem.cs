using Faultline.Lab.Systems;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Experiments;

/// <summary>A system that is started for a run and stopped at its end.</summary>
/// <param name="lab">The infrastructure; it stays the caller's.</param>
public sealed class OwnSystem(LabInfrastructure lab) : ISystemSource
{
    private LabSystem? _running;

    /// <inheritdoc />
    public string UsualBroker(LabSystemSpec spec) => BrokerNames.PostgreSql;

    /// <inheritdoc />
    public async Task<LabSystem> FittingAsync(LabSystemSpec spec, LabSystemOptions options, IProgress<RunProgress> progress, CancellationToken stop)
    {
        // Nobody can tell what an experiment left in the data of the user's own programs: each begins with nothing.
        if (_running is not null && !spec.IsOwn && Fitting.Fits(_running, options)) return _running;

        await DisposeAsync();
        progress.Report(Fitting.Starting(spec, options));
        return _running = await LabSystem.StartAsync(lab, spec, options with { IsFresh = spec.IsOwn }, stop);
    }

    /// <summary>Stops the system; the databases stay.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_running is not { } running) return;
        _running = null;
        await running.DisposeAsync();
    }
}
