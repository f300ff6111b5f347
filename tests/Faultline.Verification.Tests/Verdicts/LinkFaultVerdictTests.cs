using System.Text.Json;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Reports;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Tests.Verdicts;

public sealed class LinkFaultVerdictTests
{
    private static readonly ToxicFault Slow = new() { Name = "slow", Link = "kitchen-broker", Type = "latency" };

    [Fact]
    public void A_toxic_that_acted_and_left_no_violation_passes()
    {
        CellVerdict verdict = Judged(RunOf(World.Clean(), acted: 7));

        verdict.Verdict.ShouldBe(Verdict.Passed);
        verdict.Faults.ShouldHaveSingleItem().Fired.ShouldBe(7);
    }

    [Fact]
    public void A_link_fault_that_met_no_traffic_is_never_a_pass()
    {
        CellVerdict verdict = Judged(RunOf(World.Clean(), acted: 0, problem: "kitchen-broker carried no traffic"));

        verdict.Verdict.ShouldBe(Verdict.Inconclusive);
        ExitCodes.Of(verdict.Verdict).ShouldBe(ExitCode.Inconclusive);
        verdict.Reason.ShouldBe("the fault 'slow' (latency on kitchen-broker, downstream) did not fire: kitchen-broker carried no traffic");
    }

    [Fact]
    public void A_link_fault_excuses_no_violation()
    {
        World world = World.Clean();
        world.Handle(world.First(World.OrderPlaced), World.Kitchen, attempt: 2);

        Judged(RunOf(world, acted: 7)).Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void A_rule_sees_how_often_a_fault_was_met()
    {
        CellRun run = RunOf(World.Clean(), acted: 7);
        run = run with { Experiment = run.Experiment with { Invariants = [new InvariantSpec(Meets.Name, new Dictionary<string, JsonElement>())] } };

        CellVerdict verdict = Judgement.Of(run, new CheckerRegistry([new Meets()]));

        Finding finding = verdict.Findings.Single(finding => finding.Checker == Meets.Name);
        finding.Figures[finding.Measured!].ShouldBe(7);
    }

    private sealed class Meets : IChecker
    {
        public const string Name = "meets";

        public CheckerDescription Description { get; } = new(Name, "counts what the faults met");

        public Finding Check(CheckContext context)
        {
            var finding = new FindingBuilder(Name);
            foreach (FaultCount fault in context.Faults)
            {
                finding.Judged();
                finding.Measures(fault.Name, fault.Matched);
            }

            return finding.Build("there was no fault");
        }
    }

    [Fact]
    public void The_timeline_shows_a_link_fault_with_the_moments_at_which_it_acted()
    {
        Timeline timeline = Timeline.Of([RunOf(World.Clean(), acted: 2)])!;

        Lane lane = timeline.Lanes.ShouldHaveSingleItem();
        lane.Name.ShouldBe("slow");
        lane.FiredAt.ShouldBe([World.Noon.UtcDateTime.AddMilliseconds(3)]);
    }

    private static CellVerdict Judged(CellRun run) => Judgement.Of(run, new CheckerRegistry([]));

    private static CellRun RunOf(World world, long acted, string? problem = null) => world.Run(World.Experiment()) with
    {
        Experiment = World.Experiment() with { Schedule = [Slow] },
        Faults =
        [
            new FaultRun
            {
                Name = Slow.Name, Executed = acted, Problem = problem, StartedAt = World.Noon, EndedAt = World.Noon.AddSeconds(1), Marks = acted > 0 ? [new FaultMark(World.Noon.AddMilliseconds(3), "kitchen-1-broker")] : [],
            },
        ],
    };
}
