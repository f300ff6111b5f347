using Faultline.Triggers;
using Faultline.Verification.Experiments;

namespace Faultline.Lab.Steps;

/// <summary>What decides the choices of an experiment's workload, for whoever sends its operations and whoever looks what became of them.</summary>
internal static class StepsSeed
{
    public static Seed Of(Experiment cell) => new Seed(cell.Seed ?? 0).Derive($"workload/{cell.Name}");
}
