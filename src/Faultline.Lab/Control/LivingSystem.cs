using Faultline.Lab.Experiments;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Control;

/// <summary>The system of a lab that lives on: used as it runs where it fits, otherwise started anew; at the end it is as it was before.</summary>
internal sealed class LivingSystem(ControlPlane plane) : ISystemSource
{
    private string? _system;
    private LabSystemOptions? _before;

    public string UsualBroker(LabSystemSpec spec) => plane.FindRunning(spec.Name)?.Options.Broker ?? BrokerNames.PostgreSql;

    public async Task<LabSystem> FittingAsync(LabSystemSpec spec, LabSystemOptions options, IProgress<RunProgress> progress, CancellationToken stop)
    {
        LabSystem? running = plane.FindRunning(spec.Name);
        if (_system is null) (_system, _before) = (spec.Name, running?.Options);
        if (running is not null && Fitting.Fits(running, options)) return running;

        progress.Report(Fitting.Starting(spec, options));
        LabSystem system = (await plane.ReplaceSystemAsync(spec.Name, options with { ControlToken = _before?.ControlToken }, stop))!;
        // One that did not run could not be asked before.
        if (running is null && await SetByHand.OnAsync(system, plane.Time, stop) is { Count: > 0 } found) throw new LabException(SetByHand.Sentence(spec.Name, found));
        return system;
    }

    /// <summary>Puts the system back as it was, and says what is still set on it; null when nothing is.</summary>
    public async Task<string?> PutBackAsync(IProgress<RunProgress> progress)
    {
        if (_system is not { } name || plane.Phase == LabPhase.Stopping) return null;

        _system = null;
        try
        {
            LabSystem? running = plane.FindRunning(name);
            bool isAsBefore = _before is null ? running is null : running is not null && Fitting.Fits(running, _before);
            if (!isAsBefore)
            {
                progress.Report(_before is null ? new RunProgress.Phase($"stopping {name}") : Fitting.Starting(plane.SpecOf(name), _before));
                running = await plane.ReplaceSystemAsync(name, _before, CancellationToken.None);
            }

            IReadOnlyList<SetByHand> left = running is null ? [] : await SetByHand.OnAsync(running, plane.Time, CancellationToken.None);
            return left.Count == 0 ? null : $"{name} is not as it was before the run: {string.Join("; ", left.Select(one => one.What))}.";
        }
        catch (Exception error) when (error is LabException or ObjectDisposedException)
        {
            return $"{name} could not be put back as it was before the run: {error.Message}";
        }
    }

    public async ValueTask DisposeAsync() => await PutBackAsync(new Progress<RunProgress>());
}
