using Faultline.Verification.Checkers;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Tests.Verdicts;

public sealed class CollisionsTests
{
    private static readonly Guid Set = new(1, 0, 0, new byte[8]);
    private static readonly AnomalyFault Crash = World.Anomaly("crash", "consume.ack.before", World.Kitchen);
    private static readonly AnomalyFault Late = World.Anomaly("crash", "deadletter.move.after", World.Kitchen);

    [Fact]
    public void Who_missed_a_fault_while_another_one_crashed_a_service_runs_once_more()
    {
        CellVerdict missed = Judged(World.Clean().Run(World.Experiment(), (Late, Set)));

        missed.Verdict.ShouldBe(Verdict.Inconclusive);
        Collisions.ReasonToRepeat(missed, [missed, Crashed(World.Kitchen)])
            .ShouldBe("run a second time: in the first, 'crash at deadletter.move.after' did not fire, and other experiments killed a process of shop/kitchen meanwhile");
        // What Orders was late with may be what the fault in Kitchen waited for.
        Collisions.ReasonToRepeat(missed, [missed, Crashed(World.Orders), Crashed(World.Kitchen), Crashed(World.Orders)])
            .ShouldNotBeNull().ShouldEndWith("other experiments killed a process of shop/kitchen and shop/orders meanwhile");
    }

    [Fact]
    public void Nobody_runs_once_more_for_a_reason_of_its_own()
    {
        CellVerdict missed = Judged(World.Clean().Run(World.Experiment(), (Late, Set)));
        World doubled = World.Clean();
        doubled.Handle(doubled.First(World.OrderPlaced), World.Kitchen, attempt: 2);
        CellVerdict broken = Judged(doubled.Run(World.Experiment(), (Late, Set)));
        CellVerdict hit = Crashed(World.Kitchen);

        Collisions.ReasonToRepeat(missed, [missed]).ShouldBeNull(); // Nobody was in its way.
        Collisions.ReasonToRepeat(missed, [missed, missed with { Verdict = Verdict.Passed }]).ShouldBeNull(); // The other one's crash did not happen either.
        Collisions.ReasonToRepeat(hit, [hit, Crashed(World.Kitchen)]).ShouldBeNull(); // It had its own.
        broken.Verdict.ShouldBe(Verdict.Failed);
        Collisions.ReasonToRepeat(broken, [broken, hit]).ShouldBeNull(); // A second run would hide what the first has shown.
    }

    private static CellVerdict Crashed(string service)
    {
        World world = World.Clean();
        AnomalyFault crash = Crash with { Service = service };
        world.Fire(world.First(World.OrderPlaced), service, "consume.ack.before", "crash", Set);
        return Judged(world.Run(World.Experiment(), (crash, Set)));
    }

    private static CellVerdict Judged(CellRun run) => Judgement.Of(run, new CheckerRegistry([]));
}
