using Faultline.Simulation.Plants;
using Faultline.Simulation.Schedules;

namespace Faultline.Simulation;

/// <summary>The simulation is tested harder than the core: what it cannot find it does not guard against.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const int SchedulesMax = 3_000;

    public static TheoryData<string> Bugs => [.. PlantedBugs.All.Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Planted_bug_is_found(string name)
    {
        Plant plant = PlantedBugs.All.Single(bug => bug.Name == name);
        for (int seed = 1; seed <= SchedulesMax; seed++)
        {
            Outcome outcome = Run.Of((ulong)seed, plant);
            if (outcome.Violations.Count == 0) continue;
            output.WriteLine($"{name}: found by schedule {seed}: {outcome.Violations[0]}");
            return;
        }

        Assert.Fail($"'{name}' was not found by {SchedulesMax} schedules");
    }
}
