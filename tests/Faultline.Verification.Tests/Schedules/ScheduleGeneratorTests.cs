using Faultline.Protocol.Faults;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Faultline.Verification.Tests.Experiments;
using FsCheck;
using FsCheck.Fluent;

namespace Faultline.Verification.Tests.Schedules;

public sealed class ScheduleGeneratorTests
{
    private static readonly GeneratorSpec Everything = new()
    {
        FaultsMin = 5,
        FaultsMax = 8,
        Kinds = FaultKinds.All.ToDictionary(kind => kind, _ => 1),
        Disruptions = DisruptionVerbs.ForServices.ToDictionary(verb => verb, _ => 1),
        From = TimeSpan.FromSeconds(1),
        Until = TimeSpan.FromSeconds(4),
        Destructive = true,
    };

    [Fact]
    public void Same_seed_draws_the_same_schedule_and_another_seed_another() => Prop.ForAll<ulong>(seed =>
        Text(Everything, seed) == Text(Everything, seed) && Text(Everything, seed) != Text(Everything, seed + 1)).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_schedule_that_is_drawn_is_one_that_the_reader_accepts() => Prop.ForAll<ulong>(seed =>
    {
        Experiment drawn = World.Experiment() with { Schedule = Draw(Everything, seed), Invariants = [] };
        Reading reading = ExperimentReader.Read(ExperimentWriter.Write(drawn), "drawn.yaml", Shop.Catalogue);

        reading.Lines.ShouldBeEmpty();
        ExperimentWriter.Write(reading.Battery!.Cells[0]).ShouldBe(ExperimentWriter.Write(drawn));
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bounds_hold_whatever_the_seed() => Prop.ForAll<ulong>(seed =>
    {
        IReadOnlyList<FaultSpec> faults = Draw(Everything, seed);
        return faults.Count is >= 5 and <= 8
            && faults.All(fault => fault.From.Time >= Everything.From && fault.From.Time <= Everything.Until)
            && faults.OfType<AnomalyFault>().All(fault => fault.Cell.Effect != FaultEffect.Refused)
            && faults.Select(fault => fault.Name).Distinct().Count() == faults.Count;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_destructive_is_drawn_unless_asked_for() =>
        Enumerable.Range(0, 200).SelectMany(seed => Draw(Everything with { Destructive = false }, (ulong)seed)).OfType<AnomalyFault>().ShouldAllBe(fault => fault.Cell.Effect == FaultEffect.Survivable);

    [Fact]
    public void Weight_of_zero_leaves_out_and_weights_shift_the_draw()
    {
        GeneratorSpec spec = Everything with { Disruptions = new Dictionary<string, int>(), Kinds = new Dictionary<string, int> { ["crash"] = 9, ["delay"] = 1, ["drop"] = 0 } };

        ILookup<string, AnomalyFault> kinds = Enumerable.Range(0, 300).SelectMany(seed => Draw(spec, (ulong)seed)).OfType<AnomalyFault>().ToLookup(fault => fault.Kind);

        kinds["drop"].ShouldBeEmpty();
        kinds["delay"].ShouldNotBeEmpty();
        kinds["crash"].Count().ShouldBeGreaterThan(5 * kinds["delay"].Count());
    }

    [Fact]
    public void One_fault_more_changes_none_of_the_others()
    {
        GeneratorSpec three = Everything with { FaultsMin = 3, FaultsMax = 3 }, four = Everything with { FaultsMin = 4, FaultsMax = 4 };

        Draw(four, 7).Take(3).Select(fault => fault.ToString()).ShouldBe(Draw(three, 7).Select(fault => fault.ToString()));
    }

    [Fact]
    public void Points_of_direct_sending_are_drawn_only_while_the_outbox_is_off()
    {
        GeneratorSpec spec = Everything with { Points = ["publish.store.before", "publish.send.before"], Disruptions = new Dictionary<string, int>(), Kinds = new Dictionary<string, int> { ["delay"] = 1 }, Services = [World.Orders] };

        ScheduleGenerator.Draw(spec, Shop.System.Services, new HashSet<string>(), new Seed(1)).OfType<AnomalyFault>().ShouldAllBe(fault => fault.Point == "publish.store.before");
        ScheduleGenerator.Draw(spec, Shop.System.Services, new HashSet<string> { World.Orders }, new Seed(1)).OfType<AnomalyFault>().ShouldAllBe(fault => fault.Point == "publish.send.before");
    }

    [Fact]
    public void Resolved_experiment_needs_no_generator_to_be_repeated()
    {
        Experiment resolved = Resolution.Resolve(World.Experiment() with { Generator = Everything, Seed = null }, Shop.System, new Seed(99));

        resolved.Seed.ShouldBe(99UL);
        resolved.Generator.ShouldBeNull();
        resolved.Schedule.Count.ShouldBeInRange(5, 8);
    }

    [Theory]
    [InlineData(0, 0, "load", false, true, true)]
    [InlineData(1_999, 19, "load", false, false, true)]
    [InlineData(2_000, 20, "load", true, true, true)]
    [InlineData(-1, 0, "baseline", false, false, false)]
    public void Moment_is_reached_at_its_bound_and_not_before(int sinceLoadMs, long operations, string phase, bool time, bool count, bool begin)
    {
        var progress = new Progress(TimeSpan.FromMilliseconds(sinceLoadMs), operations, [phase]);

        Moment.At(TimeSpan.FromSeconds(2)).IsReached(progress).ShouldBe(time);
        Moment.AfterOperations(sinceLoadMs == 0 ? 0 : 20).IsReached(progress).ShouldBe(count);
        Moment.BeginOfLoad.IsReached(progress).ShouldBe(begin);
    }

    private static IReadOnlyList<FaultSpec> Draw(GeneratorSpec spec, ulong seed) => ScheduleGenerator.Draw(spec, Shop.System.Services, new HashSet<string>(), new Seed(seed));

    private static string Text(GeneratorSpec spec, ulong seed) => ExperimentWriter.Write(World.Experiment() with { Schedule = Draw(spec, seed) });
}
