using Faultline.Lab.Steps;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.OwnSystems;

namespace Faultline.Lab.OwnSystems;

/// <summary>What a system of the user's own brings for its verification: everything is in its file.</summary>
/// <param name="config">The file.</param>
/// <param name="batteries">Its experiments.</param>
internal sealed class OwnSystemChecks(OwnSystemConfig config, IReadOnlyList<BatteryDescription> batteries) : ISystemChecks
{
    /// <inheritdoc />
    public string System => config.Name;

    /// <inheritdoc />
    public IReadOnlyList<IWorkload> Workloads { get; } =
        [.. config.Workloads.Select(workload => new StepsWorkload(new WorkloadDescription(workload.Name, workload.Says), workload.Steps, workload.Values, workload.Subject))];

    /// <inheritdoc />
    public IReadOnlyList<IChecker> Checkers { get; } = [.. config.Invariants.Select(invariant => new OwnInvariant(invariant))];

    /// <inheritdoc />
    public IReadOnlyList<(string Service, string Name)> Facts => [];

    /// <inheritdoc />
    public IReadOnlyList<BatteryDescription> Batteries => batteries;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> LabSettings { get; } = new Dictionary<string, string>();

    /// <inheritdoc />
    public IReadOnlyList<StateEvent> EventsOf(IReadOnlyList<SystemFact> facts) => [];

    /// <summary>Leaves the system alone for a moment, and then reads what every rule of the experiment needs, until the rule holds or its time is over.</summary>
    /// <inheritdoc />
    public async Task<IReadOnlyList<SystemFact>> LookAsync(LookCall call, CancellationToken stop)
    {
        await Task.Delay(config.Settles, call.Time, stop);
        IEnumerable<OwnInvariantConfig> wanted = config.Invariants.Where(invariant => IsWanted(call.Cell, invariant.Name));
        IReadOnlyList<DrawnValue> drawn = config.Workloads.FirstOrDefault(workload => workload.Name == call.Cell?.Workload.Name)?.Values ?? call.Cell?.Workload.Values ?? [];
        return [.. (await Task.WhenAll(wanted.Select(invariant => new InvariantLook(invariant, drawn, call).ReadAsync(stop)))).SelectMany(facts => facts)];
    }

    private static bool IsWanted(Experiment? cell, string invariant) =>
        cell is null || cell.ExpectViolation == invariant || cell.Invariants.Any(rule => rule.Name == invariant);
}
