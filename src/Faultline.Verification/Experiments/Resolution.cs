using Faultline.Triggers;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Experiments;

/// <summary>Settles what an experiment leaves open, before it runs.</summary>
public static class Resolution
{
    /// <summary>The experiment as it will run: seed set, generator drawn into faults. Such an experiment needs no generator to be repeated.</summary>
    /// <param name="experiment">As read.</param>
    /// <param name="system">Its system.</param>
    /// <param name="seed">Used when the experiment names none.</param>
    public static Experiment Resolve(Experiment experiment, SystemDescription system, Seed seed)
    {
        seed = experiment.Seed is { } own ? new Seed(own) : seed;
        IReadOnlyList<FaultSpec> drawn = experiment.Generator is { } generator
            ? ScheduleGenerator.Draw(generator, system.Services, GeneratorFields.OutboxOff(experiment.Guards, system.Services), seed.Derive($"schedule/{experiment.Name}"))
            : [];
        // A system of the user's own has rules of its own, and none of those for messages.
        IReadOnlyList<InvariantSpec> rules = experiment.Invariants.Count > 0 || !system.IsOwn ? experiment.Invariants : [.. system.UsualCheckers.Select(name => new InvariantSpec(name, new Dictionary<string, System.Text.Json.JsonElement>()))];
        return experiment with { Invariants = rules, Seed = seed.Value, Generator = null, Schedule = [.. experiment.Schedule, .. drawn] };
    }
}
