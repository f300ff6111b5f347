using System.Collections.Concurrent;
using System.Globalization;
using Faultline.Protocol.Faults;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Schedules;

namespace Faultline.Simulation;

/// <summary>The guarantees of the core under schedules drawn from seeds.</summary>
public sealed class ScheduleTests(ITestOutputHelper output)
{
    /// <summary>Replays one seed, with all that happens, when this is set.</summary>
    private const string SeedVariable = "FAULTLINE_SIMULATION_SEED";

    /// <summary>How many schedules to run; 10,000 when it is not set.</summary>
    private const string CountVariable = "FAULTLINE_SIMULATION_SCHEDULES";

    /// <summary>The first seed; set it to run schedules that nobody has seen.</summary>
    private const string FirstVariable = "FAULTLINE_SIMULATION_FIRST_SEED";

    /// <summary>Enough to see what kind of failure it is.</summary>
    private const int FailuresShown = 10;

    [Fact]
    public void Guarantees_hold_under_ten_thousand_schedules()
    {
        if (Read(SeedVariable) is { } only)
        {
            Outcome told = Run.Of(only, tell: output.WriteLine);
            told.Violations.ShouldBeEmpty($"seed {only}");
            return;
        }

        ulong first = Read(FirstVariable) ?? 1;
        int count = (int)(Read(CountVariable) ?? 10_000);
        var failed = new ConcurrentBag<Outcome>();
        var firings = new ConcurrentBag<Firing>();
        long steps = 0;
        long handled = 0;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (index, loop) =>
        {
            Outcome outcome = Run.Of(first + (ulong)index);
            Interlocked.Add(ref steps, outcome.Steps);
            Interlocked.Add(ref handled, outcome.Handled);
            foreach (Firing firing in outcome.Firings) firings.Add(firing);
            if (outcome.Violations.Count == 0) return;
            failed.Add(outcome);
            if (failed.Count >= FailuresShown) loop.Stop();
        });

        output.WriteLine($"{count} schedules from seed {first}: {steps} steps, {handled} effects, {failed.Count} failed");
        TellCoverage([.. firings]);
        foreach (Outcome outcome in failed.OrderBy(outcome => outcome.Seed.Value))
        {
            output.WriteLine($"seed {outcome.Seed} failed; replay it with {SeedVariable}={outcome.Seed} dotnet test --project tests/Faultline.Simulation/Faultline.Simulation.csproj");
            foreach (string violation in outcome.Violations.Take(5)) output.WriteLine($"    {violation}");
        }

        failed.ShouldBeEmpty();
        if (count >= 1_000) Plan.Points.ShouldAllBe(point => firings.Any(firing => firing.Kind == FaultKinds.Crash && firing.Point == point.Name), "every point must have seen a crash");
    }

    [Fact]
    public void One_seed_gives_one_run()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            Outcome one = Run.Of(seed);
            Outcome again = Run.Of(seed);

            again.Trace.ShouldBe(one.Trace, $"seed {seed}");
            again.Steps.ShouldBe(one.Steps);
            again.Violations.ShouldBe(one.Violations);
        }
    }

    [Fact]
    public void Two_seeds_give_two_runs() => Enumerable.Range(1, 40).Select(seed => Run.Of((ulong)seed).Trace).Distinct().Count().ShouldBe(40);

    [Fact]
    public void A_failing_seed_fails_again_in_the_same_way()
    {
        Plant plant = PlantedBugs.All.First(bug => bug.Name == "inbox marked before the business commit");
        Outcome failed = Enumerable.Range(1, 500).Select(seed => Run.Of((ulong)seed, plant)).First(outcome => outcome.Violations.Count > 0);

        Outcome again = Run.Of(failed.Seed.Value, plant);

        again.Violations.ShouldBe(failed.Violations);
        again.Trace.ShouldBe(failed.Trace);
    }

    private static ulong? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;

    private void TellCoverage(Firing[] firings)
    {
        foreach (FaultPoint point in Plan.Points)
        {
            Firing[] here = [.. firings.Where(firing => firing.Point == point.Name)];
            string others = string.Join(", ", here.Where(firing => firing.Kind != FaultKinds.Crash).CountBy(firing => firing.Kind).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));
            output.WriteLine($"{point.Name,-28} crashes {here.Count(firing => firing.Kind == FaultKinds.Crash),5}   {others}");
        }
    }
}
