using Faultline.Lab.Systems;

namespace Faultline.Lab.Experiments;

/// <summary>Where a run gets its system from: it makes one, or uses one that others use too. At the end it puts things back as they were.</summary>
public interface ISystemSource : IAsyncDisposable
{
    /// <summary>The broker on which a system runs when neither the run nor an experiment names one.</summary>
    /// <param name="spec">The system.</param>
    string UsualBroker(LabSystemSpec spec);

    /// <summary>The running system with these options: as it runs when it fits, otherwise started anew on the same databases.</summary>
    /// <param name="spec">The system.</param>
    /// <param name="options">How the experiments want it.</param>
    /// <param name="progress">Gets what happens.</param>
    /// <param name="stop">Gives up.</param>
    Task<LabSystem> FittingAsync(LabSystemSpec spec, LabSystemOptions options, IProgress<RunProgress> progress, CancellationToken stop);
}

/// <summary>What all sources have in common.</summary>
internal static class Fitting
{
    /// <summary>Whether a running system is as the experiments want it.</summary>
    public static bool Fits(LabSystem running, LabSystemOptions wanted) =>
        (running.Spec.IsOwn || running.Options.Broker == wanted.Broker) && running.Options.StandIn?.Source == wanted.StandIn?.Source && running.Options.GuardsOff.ToHashSet().SetEquals(wanted.GuardsOff) && running.Spec.Services.All(service => running.Options.ReplicasFor(service.Service) == wanted.ReplicasFor(service.Service));

    /// <summary>A start, told.</summary>
    public static RunProgress.Phase Starting(LabSystemSpec spec, LabSystemOptions options) =>
        new($"starting {spec.Name}: {string.Join(", ", spec.Services.Select(service => $"{service.Service[(service.Service.IndexOf('/') + 1)..]} x{options.ReplicasFor(service.Service)}"))}");
}
