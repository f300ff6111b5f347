using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;

namespace Faultline.Verification.Tests.Checkers;

/// <summary>Every kind of violation of every general checker, planted into a clean world: it must be found and named, and the clean world must pass.</summary>
public sealed class PlantedViolationTests
{
    private static readonly Dictionary<string, (string Checker, Func<World, CheckContext> Plant)> Kinds = new()
    {
        ["lost"] = ("nothing-lost", world =>
        {
            world.Remove(world.First(World.OrderPlaced), World.Kitchen, LedgerFact.Handled, LedgerFact.Inbox);
            return world.Context();
        }
        ),
        ["half-done"] = ("nothing-lost", world =>
        {
            world.Remove(world.First(World.OrderPlaced), World.Kitchen, LedgerFact.Handled);
            return world.Context();
        }
        ),
        ["acknowledged-without-trace"] = ("nothing-lost", world =>
        {
            world.Operation("cell/lost", Outcome.Ok);
            return world.Context() with { Parameters = Parameters("{\"publishing\":[\"order\"]}") };
        }
        ),
        ["effect-repeated"] = ("effects-once", world =>
        {
            world.Handle(world.First(World.OrderPlaced), World.Kitchen, attempt: 2);
            return world.Context();
        }
        ),
        ["overtaken"] = ("order-per-key", world =>
        {
            Guid first = world.Publish(World.Orders, World.OrderPlaced, "cell/000001", "fresh"), second = world.Publish(World.Orders, World.OrderPlaced, "cell/000002", "fresh");
            world.Handle(second, World.Kitchen);
            world.Handle(first, World.Kitchen);
            return world.Context();
        }
        ),
        ["ghost"] = ("no-orphans", world =>
        {
            world.Remove(world.First(World.OrderPlaced), World.Orders, LedgerFact.Published);
            return world.Context();
        }
        ),
        ["stray"] = ("no-orphans", world =>
        {
            world.Handle(world.First(World.MealReady), World.Loyalty);
            return world.Context();
        }
        ),
        ["unknown-cause"] = ("no-orphans", world =>
        {
            world.Publish(World.Kitchen, World.MealReady, "cell/000001", "k", cause: Guid.Parse("99999999-0000-0000-0000-000000000000"));
            return world.Context();
        }
        ),
        ["unknown-operation"] = ("no-orphans", world =>
        {
            world.Publish(World.Orders, World.OrderPlaced, "cell/nobody", "k");
            return world.Context();
        }
        ),
        ["failed-but-done"] = ("no-orphans", world =>
        {
            world.Operation("cell/failed", Outcome.Failed);
            world.Publish(World.Orders, World.OrderPlaced, "cell/failed", "k");
            return world.Context();
        }
        ),
        ["illegal-transition"] = ("legal-transitions", world => Tickets(world, ("t1", 1, null, "create", "open"), ("t1", 2, "open", "reopen", "closed"))),
        ["broken-chain"] = ("legal-transitions", world => Tickets(world, ("t1", 1, null, "create", "open"), ("t1", 2, "open", "close", "closed"), ("t1", 3, "open", "close", "closed"))),
        ["short"] = ("balance", world =>
        {
            world.Remove(world.First(World.OrderPlaced), World.Kitchen, LedgerFact.Handled, LedgerFact.Inbox);
            return world.Context();
        }
        ),
        ["counted-twice"] = ("balance", world =>
        {
            world.State(world.First(World.OrderPlaced), World.Kitchen, LedgerFact.DeadLettered);
            return world.Context();
        }
        ),
        ["in-flight"] = ("balance", world =>
        {
            world.State(world.Publish(World.Kitchen, World.MealReady, "cell/000001", "k"), World.Kitchen, LedgerFact.Outbox);
            return world.Context();
        }
        ),
        ["different-reply"] = ("replay-equal", world =>
        {
            world.Operation("cell/000001", Outcome.Ok, reply: "{\"id\":2}");
            return world.Context();
        }
        ),
        ["apart"] = ("converges", world => Samples(world, (1, "order 7 open"), (70, "order 7 open"))),
        ["late"] = ("converges", world => Samples(world, (1, null), (2, "order 7 open"), (61, null))),
        ["changed"] = ("quiet-after", world => world.Context() with
        {
            Quiet = [new MessagingState { Service = World.Kitchen, AuditPosition = 5 }],
            StillQuiet = [new MessagingState { Service = World.Kitchen, AuditPosition = 6 }],
        }),
        ["left-over"] = ("no-leftover-fault", world => world.Context() with { LeftoverFaults = ["crash at relay.send.after of shop/orders"] }),
        ["stuck"] = ("drains", world => world.Context() with
        {
            Drain = new DrainResult(false, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), [new MessagingState { Service = World.Kitchen, Queue = 3 }, new MessagingState { Service = World.Orders }]),
        }),
    };

    public static TheoryData<string> EveryKind => [.. Kinds.Keys];

    [Theory, MemberData(nameof(EveryKind))]
    public void Planted_violation_is_found_and_named(string kind)
    {
        (string checker, Func<World, CheckContext> plant) = Kinds[kind];

        Finding finding = Judge.Run(new CheckerRegistry().Find(checker)!, plant(World.Clean()));

        finding.Reason.ShouldBeNull();
        finding.Verdict.ShouldBe(Verdict.Failed);
        Violation violation = finding.Violations.ShouldHaveSingleItem();
        violation.Kind.ShouldBe(kind);
        violation.Rule.ShouldBe(checker);
        violation.Sentence.ShouldNotBeEmpty();
        foreach (Guid message in violation.Messages.Take(1)) violation.Sentence.ShouldContain(message.ToString());
        if (violation.Messages.Count + violation.Operations.Count > 0) violation.Journey.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("nothing-lost")]
    [InlineData("effects-once")]
    [InlineData("order-per-key")]
    [InlineData("no-orphans")]
    [InlineData("balance")]
    [InlineData("no-leftover-fault")]
    [InlineData("drains")]
    public void Clean_world_passes(string checker)
    {
        Finding finding = Judge.Run(new CheckerRegistry().Find(checker)!, World.Clean().Context());

        finding.Verdict.ShouldBe(Verdict.Passed);
        finding.Judged.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Checkers_that_need_more_than_a_ledger_pass_on_clean_data()
    {
        World world = World.Clean();
        world.Operation("cell/000001", Outcome.Ok);
        MessagingState[] quiet = [new MessagingState { Service = World.Kitchen, AuditPosition = 5 }];

        VerdictOf("replay-equal", world.Context()).ShouldBe(Verdict.Passed);
        VerdictOf("quiet-after", world.Context() with { Quiet = quiet, StillQuiet = quiet }).ShouldBe(Verdict.Passed);
        VerdictOf("converges", Samples(world, (1, "order 7 open"), (60, null))).ShouldBe(Verdict.Passed);
        VerdictOf("legal-transitions", Tickets(world, ("t1", 2, "open", "close", "closed"), ("t2", 1, null, "create", "open"), ("t1", 1, null, "create", "open"))).ShouldBe(Verdict.Passed);
    }

    [Theory]
    [InlineData("nothing-lost")]
    [InlineData("effects-once")]
    [InlineData("order-per-key")]
    [InlineData("no-orphans")]
    [InlineData("balance")]
    [InlineData("replay-equal")]
    [InlineData("converges")]
    [InlineData("quiet-after")]
    [InlineData("no-leftover-fault")]
    [InlineData("drains")]
    [InlineData("legal-transitions")]
    public void No_data_acquits_nobody(string checker)
    {
        var nothing = new CheckContext { History = new World().History(), Ledger = new World().Ledger() };

        Finding finding = Judge.Run(new CheckerRegistry().Find(checker)!, nothing);

        finding.Verdict.ShouldBe(Verdict.Inconclusive);
        finding.Reason.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Every_general_checker_has_a_planted_violation() =>
        CheckerRegistry.General.Select(checker => checker.Description.Name).Order().ShouldBe(Kinds.Values.Select(kind => kind.Checker).Distinct().Order());

    [Fact]
    public void Injected_messages_are_not_judged()
    {
        World world = World.Clean(2);
        Guid extra = world.Publish(World.Orders, World.OrderPlaced, "cell/000001", "k");
        world.Rows[^1] = world.Rows[^1] with { Injected = true };

        foreach (string checker in new[] { "nothing-lost", "effects-once", "order-per-key", "no-orphans", "balance" }) VerdictOf(checker, world.Context()).ShouldBe(Verdict.Passed, checker);
        world.Ledger().Message(extra)!.Value.IsInjected.ShouldBeTrue();
    }

    [Fact]
    public void Gap_left_by_a_dead_letter_is_no_disorder()
    {
        var world = new World();
        Guid[] placed = [.. Enumerable.Range(1, 3).Select(_ => world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k"))];
        world.Handle(placed[0], World.Kitchen);
        world.State(placed[1], World.Kitchen, LedgerFact.DeadLettered);
        world.Handle(placed[2], World.Kitchen);

        VerdictOf("order-per-key", world.Context()).ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void Order_holds_within_a_key_and_not_between_keys_or_consumers()
    {
        var world = new World();
        Guid one = world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k1"), other = world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k2");
        world.Handle(other, World.Kitchen);
        world.Handle(one, World.Kitchen);
        world.Handle(one, World.Loyalty);
        world.Handle(other, World.Loyalty);

        VerdictOf("order-per-key", world.Context()).ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void Delivery_that_came_twice_and_was_handled_once_is_no_violation()
    {
        World world = World.Clean(2);
        world.State(world.First(World.OrderPlaced), World.Kitchen, LedgerFact.Inbox);

        VerdictOf("effects-once", world.Context()).ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void Broken_judge_acquits_nobody()
    {
        Finding finding = Judge.Run(new Judging(_ => throw new InvalidOperationException("no such column")), World.Clean().Context());

        finding.Verdict.ShouldBe(Verdict.Inconclusive);
        finding.Reason.ShouldBe("the checker itself failed: InvalidOperationException: no such column");
    }

    [Fact]
    public void Pass_without_anything_judged_is_no_pass() =>
        Judge.Run(new Judging(_ => new Finding { Checker = "mine", Verdict = Verdict.Passed, Judged = 0 }), World.Clean().Context()).Verdict.ShouldBe(Verdict.Inconclusive);

    [Fact]
    public void Failure_without_a_violation_is_inconclusive() =>
        Judge.Run(new Judging(_ => new Finding { Checker = "mine", Verdict = Verdict.Failed, Judged = 9 }), World.Clean().Context()).Verdict.ShouldBe(Verdict.Inconclusive);

    [Fact]
    public void What_is_missing_while_the_system_still_works_is_not_called_lost()
    {
        var world = new World();
        world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k");
        CheckContext working = world.Context() with { Drain = new DrainResult(false, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), [new MessagingState { Service = World.Kitchen, Queue = 3 }]) };

        VerdictOf("nothing-lost", world.Context()).ShouldBe(Verdict.Failed);
        Finding finding = Judge.Run(new CheckerRegistry().Find("nothing-lost")!, working);
        finding.Verdict.ShouldBe(Verdict.Inconclusive);
        finding.Reason.ShouldStartWith("the system had not come to rest, and what is missing may still be under way; seen so far: ");
        VerdictOf("drains", working).ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void What_was_done_twice_is_told_whether_the_system_came_to_rest_or_not()
    {
        World world = World.Clean(2);
        world.Handle(world.First(World.OrderPlaced), World.Kitchen);
        CheckContext working = world.Context() with { Drain = new DrainResult(false, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), []) };

        VerdictOf("effects-once", working).ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void A_violation_carries_what_its_checker_says_it_comes_from()
    {
        Finding finding = Judge.Run(new Judging(_ => new Finding { Checker = "mine", Verdict = Verdict.Failed, Violations = [Broken("known"), Broken("unknown")] }), World.Clean().Context());

        finding.Violations.Select(violation => violation.Class?.Name).ShouldBe(["a class of a test", null]);

        static Violation Broken(string kind) => new() { Rule = "mine", Kind = kind, Sentence = kind };
    }

    [Fact]
    public void Violations_are_counted_beyond_those_that_are_kept()
    {
        var finding = new FindingBuilder("mine");
        for (int number = 0; number < FindingBuilder.ViolationsKeptMax + 5; number++) finding.Violates("kind", () => "sentence");

        finding.Build("").Violations.Count.ShouldBe(FindingBuilder.ViolationsKeptMax);
        finding.Build("").ViolationCount.ShouldBe(FindingBuilder.ViolationsKeptMax + 5);
    }

    [Fact]
    public void Two_checkers_of_one_name_are_refused() => Should.Throw<ArgumentException>(() => new CheckerRegistry(new Judging(_ => throw new NotSupportedException()), new Judging(_ => throw new NotSupportedException())));

    private static Verdict VerdictOf(string checker, CheckContext context) => Judge.Run(new CheckerRegistry().Find(checker)!, context).Verdict;

    private static Dictionary<string, JsonElement> Parameters(string json) => JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);

    private static CheckContext Tickets(World world, params (string Id, long Version, string? From, string Event, string To)[] changes) => world.Context() with
    {
        StateEvents = [.. changes.Select(change => new StateEvent(change.Id, change.Version, change.From, change.Event, change.To, World.Noon, "cell/000001"))],
        Parameters = Parameters("{\"table\":[{\"event\":\"create\",\"to\":\"open\"},{\"from\":\"open\",\"event\":\"close\",\"to\":\"closed\"}]}"),
    };

    private static CheckContext Samples(World world, params (int Second, string? Apart)[] samples) => world.Context() with
    {
        HealedAt = World.Noon,
        Convergence = [.. samples.Select(sample => new ConvergenceSample(World.Noon.AddSeconds(sample.Second), sample.Apart, "cell/000001"))],
    };

    private sealed class Judging(Func<CheckContext, Finding> check) : IChecker
    {
        public CheckerDescription Description { get; } = new("mine", "A rule of a test.");

        public FailureClass? ClassOf(string kind) => kind == "known" ? new FailureClass("a class of a test", "something is missing") : null;

        public Finding Check(CheckContext context) => check(context);
    }
}
