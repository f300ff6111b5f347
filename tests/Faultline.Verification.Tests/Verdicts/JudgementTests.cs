using Faultline.Protocol.Faults;
using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Verification.Tests.Verdicts;

public sealed class JudgementTests
{
    private static readonly Guid Set = new(1, 0, 0, new byte[8]);
    private static readonly AnomalyFault Swallow = World.Anomaly("swallow", "relay.send.before", World.Orders);
    private static readonly AnomalyFault Crash = World.Anomaly("crash", "consume.ack.before", World.Kitchen);
    private static readonly AnomalyFault Poison = World.Anomaly("exception", "consume.handle.before", World.Kitchen, transient: false);

    [Fact]
    public void Survivable_fault_that_fired_and_left_no_violation_passes()
    {
        World world = World.Clean();
        world.Fire(world.First(World.OrderPlaced), World.Kitchen, "consume.ack.before", "crash", Set);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Crash, Set)));

        verdict.Verdict.ShouldBe(Verdict.Passed);
        verdict.Notes.ShouldBeEmpty();
        verdict.Faults.ShouldHaveSingleItem().Fired.ShouldBe(1);
    }

    [Fact]
    public void Survivable_fault_with_a_violation_fails()
    {
        World world = World.Clean();
        Guid hit = world.First(World.OrderPlaced);
        world.Fire(hit, World.Kitchen, "consume.ack.before", "crash", Set);
        world.Handle(hit, World.Kitchen, attempt: 2);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Crash, Set)));

        verdict.Verdict.ShouldBe(Verdict.Failed);
        verdict.Violations.ShouldHaveSingleItem().Kind.ShouldBe("effect-repeated");
    }

    [Fact]
    public void Fault_that_did_not_fire_is_never_a_pass()
    {
        CellVerdict verdict = Judged(World.Clean().Run(World.Experiment(), (Crash, Set)));

        verdict.Verdict.ShouldBe(Verdict.Inconclusive);
        verdict.Reason.ShouldBe("the fault 'crash at consume.ack.before' (crash at consume.ack.before of shop/kitchen) did not fire: 5 matched, and its trigger chose none");
    }

    [Fact]
    public void One_of_two_faults_that_did_not_fire_is_enough_to_be_inconclusive()
    {
        World world = World.Clean();
        world.Fire(world.First(World.OrderPlaced), World.Kitchen, "consume.ack.before", "crash", Set);

        Judged(world.Run(World.Experiment(), (Crash, Set), (Swallow, new Guid(2, 0, 0, new byte[8])))).Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Swallowed_message_that_is_lost_and_nothing_else_is_the_pass()
    {
        World world = World.Clean();
        Guid hit = Lose(world);
        world.Fire(hit, World.Orders, "relay.send.before", "swallow", Set);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Swallow, Set)));

        verdict.Notes.ShouldBeEmpty();
        verdict.Verdict.ShouldBe(Verdict.Passed);
        verdict.Violations.ShouldBeEmpty();
        verdict.Predicted.Where(violation => violation.Rule == "nothing-lost").Select(violation => violation.Consumer).Order().ShouldBe([World.Kitchen, World.Loyalty]);
    }

    [Fact]
    public void Children_of_a_lost_message_were_never_published_and_are_not_counted()
    {
        World world = World.Clean();
        world.Operation("cell/childless", Outcome.Ok);
        Guid hit = world.Publish(World.Orders, World.OrderPlaced, "cell/childless", "k");
        world.Fire(hit, World.Orders, "relay.send.before", "swallow", Set);

        Judged(world.Run(World.Experiment(), (Swallow, Set))).Verdict.ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void One_loss_more_than_the_fault_hit_fails()
    {
        World world = World.Clean();
        Guid hit = Lose(world);
        world.Fire(hit, World.Orders, "relay.send.before", "swallow", Set);
        Guid innocent = world.Rows.Last(row => row.Type == World.OrderPlaced && row.Fact == LedgerFact.Published).MessageId;
        world.Remove(innocent, World.Loyalty, LedgerFact.Handled, LedgerFact.Inbox);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Swallow, Set)));

        verdict.Verdict.ShouldBe(Verdict.Failed);
        verdict.Violations.SelectMany(violation => violation.Messages).ShouldContain(innocent);
        verdict.Violations.Single(violation => violation.Rule == "nothing-lost").Messages.ShouldBe([innocent]);
    }

    [Fact]
    public void Loss_at_a_consumer_that_the_fault_does_not_concern_fails()
    {
        World world = World.Clean();
        Guid hit = world.First(World.OrderPlaced);
        world.Remove(hit, World.Kitchen, LedgerFact.Handled, LedgerFact.Inbox);
        world.Remove(hit, World.Loyalty, LedgerFact.Handled, LedgerFact.Inbox);
        world.Fire(hit, World.Kitchen, "consume.receive.after", "swallow", Set);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (World.Anomaly("swallow", "consume.receive.after", World.Kitchen), Set)));

        verdict.Verdict.ShouldBe(Verdict.Failed);
        verdict.Violations.Where(violation => violation.Rule == "nothing-lost").ShouldHaveSingleItem().Consumer.ShouldBe(World.Loyalty);
    }

    [Fact]
    public void Swallowed_message_that_is_not_lost_fails()
    {
        World world = World.Clean();
        world.Fire(world.First(World.OrderPlaced), World.Orders, "relay.send.before", "swallow", Set);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Swallow, Set)));

        verdict.Verdict.ShouldBe(Verdict.Failed);
        verdict.Violations.Select(violation => violation.Kind).Distinct().ShouldBe(["not-lost"]);
    }

    [Theory]
    [InlineData(World.Orders, 0, Verdict.Passed)] // The publisher died after it: its relay sends again what was not deleted yet.
    [InlineData(null, 0, Verdict.Passed)] // A server that everybody uses.
    [InlineData(World.Loyalty, 0, Verdict.Failed)] // It has nothing to do with this message at the other consumer.
    [InlineData(World.Orders, -60, Verdict.Failed)] // Long before.
    public void Swallowed_message_may_come_again_when_its_way_was_interrupted_after_it(string? service, int seconds, Verdict expected)
    {
        World world = World.Clean();
        world.Fire(world.First(World.OrderPlaced), World.Orders, "relay.send.before", "swallow", Set);
        CellRun run = world.Run(World.Experiment(), (Swallow, Set));
        Interruption interruption = new(service, run.Firings[0].At + TimeSpan.FromSeconds(seconds));

        Judged(run with { Interruptions = [interruption] }).Verdict.ShouldBe(expected);
    }

    [Theory]
    [InlineData("crash", Verdict.Passed)] // The process took with it what others had committed and not sent yet.
    [InlineData("exception", Verdict.Failed)] // A failure ends one handler.
    public void Only_a_death_while_sending_directly_loses_what_other_transactions_had_committed(string kind, Verdict expected)
    {
        World world = World.Clean();
        Guid hit = world.First(World.MealReady);
        Guid neighbour = world.Rows.Last(row => row.Type == World.MealReady && row.Fact == LedgerFact.Published).MessageId;
        foreach (Guid lost in (Guid[])[hit, neighbour]) world.Remove(lost, World.Orders, LedgerFact.Handled, LedgerFact.Inbox);
        world.Fire(hit, World.Kitchen, "publish.send.before", kind, Set);

        Judged(world.Run(World.Experiment(), (World.Anomaly(kind, "publish.send.before", World.Kitchen), Set))).Verdict.ShouldBe(expected);
    }

    [Fact]
    public void Loss_is_no_excuse_for_a_repeated_effect_of_the_same_operation()
    {
        World world = World.Clean();
        Guid hit = Lose(world);
        world.Fire(hit, World.Orders, "relay.send.before", "swallow", Set);
        world.Handle(world.First(World.MealReady), World.Orders, attempt: 2);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Swallow, Set)));

        verdict.Verdict.ShouldBe(Verdict.Failed);
        verdict.Violations.ShouldHaveSingleItem().Rule.ShouldBe("effects-once");
    }

    [Fact]
    public void Rule_of_the_system_is_excused_for_the_operations_that_were_hit_and_for_no_other()
    {
        World world = World.Clean();
        Guid hit = Lose(world);
        world.Fire(hit, World.Orders, "relay.send.before", "swallow", Set);
        string operation = world.Origin(hit).OperationId!;

        Judged(world.Run(World.Experiment(expect: null, "one-meal"), (Swallow, Set)), new OneMeal(operation)).Verdict.ShouldBe(Verdict.Passed);
        Judged(world.Run(World.Experiment(expect: null, "one-meal"), (Swallow, Set)), new OneMeal(operation, "cell/000005")).Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void Poisoned_message_among_the_dead_letters_is_the_pass_and_is_not_lost()
    {
        World world = World.Clean();
        Guid hit = Kill(world, world.First(World.OrderPlaced));
        world.Fire(hit, World.Kitchen, "consume.handle.before", "exception", Set);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Poison, Set)));

        verdict.Notes.ShouldBeEmpty();
        verdict.Verdict.ShouldBe(Verdict.Passed);
        verdict.Totals.Lost.ShouldBe(0);
        verdict.Predicted.ShouldContain(violation => violation.Rule == "dead-letters" && violation.Messages.Contains(hit));
    }

    [Fact]
    public void Poisoned_message_that_is_not_among_the_dead_letters_fails()
    {
        World world = World.Clean();
        world.Fire(world.First(World.OrderPlaced), World.Kitchen, "consume.handle.before", "exception", Set);

        Judged(world.Run(World.Experiment(), (Poison, Set))).Violations.ShouldHaveSingleItem().Kind.ShouldBe("not-dead-lettered");
    }

    [Fact]
    public void Dead_letter_that_no_fault_hit_fails()
    {
        World world = World.Clean();
        world.Fire(world.First(World.MealReady), World.Kitchen, "relay.send.after", "crash", Set);
        Guid stranger = Kill(world, world.First(World.OrderPlaced));

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (World.Anomaly("crash", "relay.send.after", World.Kitchen), Set)));

        verdict.Verdict.ShouldBe(Verdict.Failed);
        verdict.Violations.ShouldHaveSingleItem().Messages.ShouldBe([stranger]);
    }

    [Fact]
    public void Message_that_a_survivable_fault_hit_too_often_may_be_a_dead_letter()
    {
        World world = World.Clean();
        Guid hit = Kill(world, world.First(World.OrderPlaced));
        for (int attempt = 1; attempt <= 5; attempt++) world.Fire(hit, World.Kitchen, "consume.handle.before", "exception", Set);

        Judged(world.Run(World.Experiment(), (World.Anomaly("exception", "consume.handle.before", World.Kitchen), Set))).Verdict.ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void Message_swallowed_on_its_way_to_the_dead_letters_is_lost_and_not_dead()
    {
        World world = World.Clean();
        Guid hit = world.First(World.OrderPlaced), move = new(2, 0, 0, new byte[8]);
        world.Remove(hit, World.Kitchen, LedgerFact.Handled, LedgerFact.Inbox);
        world.Fire(hit, World.Kitchen, "consume.handle.before", "exception", Set);
        world.Fire(hit, World.Kitchen, "deadletter.move.before", "swallow", move);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Poison, Set), (World.Anomaly("swallow", "deadletter.move.before", World.Kitchen), move)));

        verdict.Notes.ShouldBeEmpty();
        verdict.Verdict.ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void Destructive_firing_on_a_message_that_nobody_published_cannot_be_judged()
    {
        World world = World.Clean();
        world.Fire(Guid.Parse("99999999-0000-0000-0000-000000000000"), World.Orders, "publish.store.before", "swallow", Set, operation: "cell/000001");

        Judged(world.Run(World.Experiment(), (World.Anomaly("swallow", "publish.store.before", World.Orders), Set))).Verdict.ShouldBe(Verdict.Inconclusive);
    }

    [Fact]
    public void Experiment_that_expects_a_violation_passes_with_it_and_says_which_came()
    {
        World world = World.Clean();
        Guid hit = world.First(World.OrderPlaced);
        world.Fire(hit, World.Kitchen, "consume.ack.before", "crash", Set);
        world.Handle(hit, World.Kitchen, attempt: 2);

        CellVerdict verdict = Judged(world.Run(World.Experiment(expect: "effects-once"), (Crash, Set)));

        verdict.Verdict.ShouldBe(Verdict.Passed);
        verdict.Reason.ShouldStartWith("the expected violation of effects-once came: shop.order-placed");
        verdict.Violations.ShouldBeEmpty();
    }

    [Fact]
    public void Expected_violation_that_does_not_come_fails()
    {
        World world = World.Clean();
        world.Fire(world.First(World.OrderPlaced), World.Kitchen, "consume.ack.before", "crash", Set);

        Judged(world.Run(World.Experiment(expect: "effects-once"), (Crash, Set))).Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void Expected_violation_that_does_not_come_without_its_fault_proves_nothing() =>
        Judged(World.Clean().Run(World.Experiment(expect: "effects-once"), (Crash, Set))).Verdict.ShouldBe(Verdict.Inconclusive);

    [Fact]
    public void Another_violation_than_the_expected_one_does_not_pass()
    {
        World world = World.Clean();
        Lose(world);
        world.Fire(world.First(World.OrderPlaced), World.Kitchen, "consume.ack.before", "crash", Set);

        Judged(world.Run(World.Experiment(expect: "effects-once"), (Crash, Set))).Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void Run_that_leaves_a_fault_behind_fails_even_with_its_expected_violation()
    {
        World world = World.Clean();
        Guid hit = world.First(World.OrderPlaced);
        world.Fire(hit, World.Kitchen, "consume.ack.before", "crash", Set);
        world.Handle(hit, World.Kitchen, attempt: 2);
        CellRun run = world.Run(World.Experiment(expect: "effects-once"), (Crash, Set));

        Judged(run with { Context = run.Context with { LeftoverFaults = ["crash still set"] } }).Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void Workload_that_did_nothing_is_inconclusive()
    {
        World world = World.Clean();
        world.Operations.Clear();

        CellVerdict verdict = Judged(world.Run(World.Experiment(expect: null, "nothing-lost")));

        verdict.Verdict.ShouldBe(Verdict.Inconclusive);
        verdict.Reason.ShouldBe("the workload did no operation");
    }

    [Fact]
    public void System_that_was_not_up_is_inconclusive() => Judged(World.Clean().Run(World.Experiment()) with { Obstacle = "shop/kitchen was not up" }).Reason.ShouldBe("shop/kitchen was not up");

    [Fact]
    public void Failed_outweighs_inconclusive()
    {
        World world = World.Clean();
        Lose(world);

        CellVerdict verdict = Judged(world.Run(World.Experiment(), (Crash, Set)));

        verdict.Verdict.ShouldBe(Verdict.Failed);
        verdict.Notes.ShouldContain(note => note.Verdict == Verdict.Inconclusive);
        verdict.Notes[0].Verdict.ShouldBe(Verdict.Failed);
    }

    [Theory]
    [InlineData("before", 8, 2, Verdict.Passed)]
    [InlineData("before", 0, 1, Verdict.Inconclusive)]
    [InlineData("during", 8, 2, Verdict.Passed)]
    [InlineData("during", 7, 3, Verdict.Failed)]
    [InlineData("after", 0, 1, Verdict.Failed)]
    [InlineData("after", 0, 0, Verdict.Inconclusive)]
    public void Probe_is_judged_by_its_share_of_right_answers(string when, int right, int wrong, Verdict expected)
    {
        var probe = new Probe { Name = "menu", Service = World.Kitchen, Path = "/menu", AtLeast = 0.8, When = [when] };
        CellRun run = World.Clean().Run(World.Experiment() with { Hypothesis = [probe] });
        IEnumerable<bool> answers = Enumerable.Repeat(true, right).Concat(Enumerable.Repeat(false, wrong));

        Judged(run with { Probes = [.. answers.Select(ok => new ProbeResult("menu", when, ok, ok ? "200" : "503", World.Noon))] }).Verdict.ShouldBe(expected);
    }

    [Fact]
    public void Worst_of_the_ladder_wins()
    {
        VerdictLadder.Worst([]).ShouldBe(Verdict.Inconclusive);
        VerdictLadder.Worst([Verdict.Passed]).ShouldBe(Verdict.Passed);
        VerdictLadder.Worst([Verdict.Passed, Verdict.Inconclusive]).ShouldBe(Verdict.Inconclusive);
        VerdictLadder.Worst([Verdict.Failed, Verdict.Inconclusive, Verdict.Passed]).ShouldBe(Verdict.Failed);
    }

    [Theory]
    [InlineData(Verdict.Passed, 0)]
    [InlineData(Verdict.Failed, 1)]
    [InlineData(Verdict.Inconclusive, 3)]
    public void Verdict_has_its_exit_code(Verdict verdict, int code) => ((int)ExitCodes.Of(verdict)).ShouldBe(code);

    private static Guid Lose(World world)
    {
        Guid hit = world.First(World.OrderPlaced);
        world.Remove(hit, World.Kitchen, LedgerFact.Handled, LedgerFact.Inbox);
        world.Remove(hit, World.Loyalty, LedgerFact.Handled, LedgerFact.Inbox);
        return hit;
    }

    private static Guid Kill(World world, Guid message)
    {
        world.Remove(message, World.Kitchen, LedgerFact.Handled, LedgerFact.Inbox);
        world.State(message, World.Kitchen, LedgerFact.DeadLettered, "it never worked");
        return message;
    }

    private static CellVerdict Judged(CellRun run, params IChecker[] own) => Judgement.Of(run, new CheckerRegistry(own));

    private sealed class OneMeal(params string[] operations) : IChecker
    {
        public CheckerDescription Description { get; } = new("one-meal", "Every order has one meal.");

        public Finding Check(CheckContext context)
        {
            var finding = new FindingBuilder("one-meal");
            finding.Judged();
            foreach (string operation in operations) finding.Violates("no-meal", () => $"{operation} has no meal", [operation]);
            return finding.Build("");
        }
    }
}
