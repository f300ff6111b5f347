using Faultline.Simulation.Schedules;

namespace Faultline.Simulation;

/// <summary>The guarantees of the core under schedules drawn from seeds.</summary>
public sealed class ScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void First_schedules_hold()
    {
        int from = int.Parse(Environment.GetEnvironmentVariable("SIM_FROM") ?? "1");
        int count = int.Parse(Environment.GetEnvironmentVariable("SIM_COUNT") ?? "50");
        int bad = 0;
        long steps = 0;
        for (int seed = from; seed < from + count && bad < 20; seed++)
        {
            Outcome outcome = Run.Of((ulong)seed);
            steps += outcome.Steps;
            if (outcome.Violations.Count == 0) continue;
            bad++;
            output.WriteLine($"seed {seed}: {string.Join(" | ", outcome.Violations.Take(2))}");
        }

        output.WriteLine($"{steps} steps");
        bad.ShouldBe(0);
    }

    [Fact]
    public void One_schedule_is_told()
    {
        if (Environment.GetEnvironmentVariable("FAULTLINE_SIMULATION_SEED") is not { } seed) return;
        Outcome outcome = Run.Of(ulong.Parse(seed), tell: output.WriteLine);
        outcome.Violations.ShouldBeEmpty();
    }
}
