using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Restaurant.Checks;
using Restaurant.Checks.Checkers;
using Restaurant.Checks.Plans;

namespace Restaurant.Tests.Checks;

public sealed class CheckerTests
{
    public static TheoryData<string> Rules => [.. new RestaurantChecks().Checkers.Select(checker => checker.Description.Name).Where(name => name is not (SameReply.Name or BadOrdersRefused.Name or FewCalls.Name))];

    [Theory, MemberData(nameof(Rules))]
    public void A_run_as_it_should_be_breaks_no_rule(string rule) => Judge(new World(), rule).Verdict.ShouldBe(Verdict.Passed);

    [Theory, MemberData(nameof(Rules))]
    public void Without_data_no_rule_passes(string rule) => Judge(new World(operations: 0), rule).Verdict.ShouldBe(Verdict.Inconclusive);

    [Theory]
    [InlineData(3, Verdict.Passed)]
    [InlineData(4, Verdict.Failed)]
    public void More_calls_than_are_allowed_are_found(long calls, Verdict verdict)
    {
        var world = new World { Parameters = { [FewCalls.Fault] = "slow menu", [FewCalls.Max] = 3 }, Faults = { new FaultCount("another", 99, 99), new FaultCount("slow menu", calls, calls) } };

        Finding finding = Judge(world, FewCalls.Name);

        finding.Verdict.ShouldBe(verdict);
        finding.Figures[finding.Measured!].ShouldBe(calls);
    }

    [Theory]
    [InlineData("slow menu", "the schedule has no fault 'slow menu'")]
    [InlineData("", "fault is \"\"; it must be a name")]
    public void Calls_that_nobody_counted_acquit_nobody(string fault, string says)
    {
        Finding finding = Judge(new World { Parameters = { [FewCalls.Fault] = fault, [FewCalls.Max] = 3 } }, FewCalls.Name);

        finding.Verdict.ShouldBe(Verdict.Inconclusive);
        finding.Reason!.ShouldContain(says);
    }

    [Fact]
    public void Calls_without_a_limit_are_not_judged()
    {
        Finding finding = Judge(new World { Parameters = { [FewCalls.Fault] = "slow menu" }, Faults = { new FaultCount("slow menu", 1, 1) } }, FewCalls.Name);

        finding.Reason!.ShouldContain("max is missing; it must be a whole number");
    }

    [Fact]
    public void Slow_answers_are_found_by_their_median_over_orders_of_several_products()
    {
        World world = new World { Parameters = { [QuickAnswers.Within] = 3.5 } }.Noted(2, new { after = 60 }).Noted(6, new { after = 60 }).Noted(1, new { after = 4.1 });
        Judge(world, QuickAnswers.Name).Verdict.ShouldBe(Verdict.Passed); // One of three; the tests 2, 5 and 6 are of one product.

        Broken(world.Noted(4, new { after = 4.2 }), QuickAnswers.Name, "slow");
    }

    [Fact]
    public void An_order_that_is_there_twice_is_found() => Broken(new World().OrderTwice(4), OneOrderPerKey.Name, "twice");

    [Fact]
    public void An_order_that_was_refused_and_done_is_found() =>
        Broken(new World().Changed(2, operation => operation with { Outcome = Outcome.Failed }), OneOrderPerKey.Name, "refused-and-done");

    [Fact]
    public void An_order_of_unknown_outcome_may_exist_once_or_not_at_all()
    {
        World unknown = new World().Changed(6, operation => operation with { Outcome = Outcome.Unknown });

        Judge(unknown, OneOrderPerKey.Name).Verdict.ShouldBe(Verdict.Passed);
        Judge(unknown.OrderGone(6), OneOrderPerKey.Name).Verdict.ShouldBe(Verdict.Passed);
    }

    [Fact]
    public void An_order_that_nobody_placed_is_found() => Broken(new World().OrderChanged(1, order => order with { Items = [new PlannedLine("coke", 7)] }), OneOrderPerKey.Name, "unexpected");

    [Fact]
    public void An_acknowledged_order_that_is_missing_is_found() => Broken(new World().OrderGone(3), AcknowledgedExist.Name, "missing");

    [Fact]
    public void An_acknowledged_order_without_all_its_items_is_found() => Broken(new World().OrderChanged(1, order => order with { Items = [order.Items[0]] }), AcknowledgedExist.Name, "incomplete");

    [Fact]
    public void A_wrong_amount_is_found() => Broken(new World().OrderChanged(2, order => order with { Amount = 20m }), Amounts.Name, "wrong");

    [Theory]
    [InlineData("0.00", "missing")]
    [InlineData("0.03", "too-many")]
    public void Loyalty_that_knows_other_orders_than_there_are_is_found(string discount, string kind)
    {
        var world = new World();
        Broken(world.Discount(world.Plan(1).Customer, decimal.Parse(discount, System.Globalization.CultureInfo.InvariantCulture)), LoyaltyAgrees.Name, kind);
    }

    [Fact]
    public void A_discount_that_fell_back_to_zero_is_found() => Broken(new World().OrderChanged(4, order => order with { DiscountPercentage = 0, Amount = 30m }), DiscountsOfTable.Name, "discount");

    [Fact]
    public void An_amount_that_is_not_that_of_the_table_is_found() => Broken(new World().OrderChanged(4, order => order with { Amount = 30m }), DiscountsOfTable.Name, "amount");

    [Fact]
    public void A_next_discount_that_does_not_come_is_found() => Broken(new World().Noted(5, new { order = World.IdOf(5), next = 0.02m }), DiscountsOfTable.Name, "next");

    [Fact]
    public void A_race_with_two_replies_is_found() => Broken(new World("rush", 8).Noted(3, new { order = World.IdOf(3), race = "other" }), SameReply.Name, "race");

    [Fact]
    public void A_repeat_with_another_reply_is_found() => Broken(new World("rush", 8).Noted(5, new { order = World.IdOf(5), again = "other" }), SameReply.Name, "again");

    [Theory]
    [InlineData(200, Verdict.Failed)]
    [InlineData(409, Verdict.Failed)]
    [InlineData(422, Verdict.Passed)]
    public void A_key_that_comes_with_another_order_must_be_answered_with_422(int status, Verdict verdict) => Judge(new World("rush", 8).Noted(3, new { order = World.IdOf(3), reused = status }), SameReply.Name).Verdict.ShouldBe(verdict);

    [Fact]
    public void An_order_without_items_is_found() => Broken(new World().OrderChanged(6, order => order with { Items = [] }), NoOrphanItems.Name, "empty");

    [Fact]
    public void Items_without_an_order_are_found()
    {
        var world = new World();
        world.Halves.Add(new { id = World.IdOf(50), what = "items without an order" });

        Broken(world, NoOrphanItems.Name, "orphans");
    }

    [Fact]
    public void A_client_that_never_got_an_answer_is_found() => Broken(new World().Changed(2, operation => operation with { Outcome = Outcome.Unknown }), Answered.Name, "unanswered");

    [Theory]
    [InlineData(Outcome.Ok, "accepted")]
    [InlineData(Outcome.Unknown, "not-final")]
    public void A_bad_order_that_is_not_refused_is_found(Outcome outcome, string kind) =>
        Broken(new World("bad-orders", 0), outcome, kind);

    private static readonly (string Rule, string Class, Func<World> Make)[] Plants =
    [
        (OneOrderPerKey.Name, "idempotency", () => new World().OrderTwice(4)),
        (OneOrderPerKey.Name, "refused-too-early", () => new World().Changed(2, operation => operation with { Outcome = Outcome.Failed })),
        (OneOrderPerKey.Name, "transaction", () => new World().OrderChanged(1, order => order with { Items = [order.Items[0]] })),
        (AcknowledgedExist.Name, "transaction", () => new World().OrderChanged(1, order => order with { Items = [] })),
        (AcknowledgedExist.Name, "acknowledged-too-early", () => new World().OrderGone(3)),
        (Amounts.Name, "calculation", () => new World().OrderChanged(2, order => order with { Amount = 20m })),
        (Amounts.Name, "transaction", () => new World().OrderChanged(1, order => order with { Items = [order.Items[0]] })),
        (LoyaltyAgrees.Name, "outbox", () => Knows(new World(), 0.00m)),
        (LoyaltyAgrees.Name, "told-too-early", () => Knows(new World(), 0.03m)),
        (DiscountsOfTable.Name, "fallback", () => new World().OrderChanged(4, order => order with { DiscountPercentage = 0, Amount = 30m })),
        (DiscountsOfTable.Name, "calculation", () => new World().OrderChanged(4, order => order with { Amount = 30m })),
        (DiscountsOfTable.Name, "idempotency", () => new World().OrderChanged(4, order => order with { DiscountPercentage = 0.02m })),
        (DiscountsOfTable.Name, "idempotency", () => new World().Noted(3, new { order = World.IdOf(3), next = 0.02m })),
        (DiscountsOfTable.Name, "outbox", () => new World().Noted(3, new { order = World.IdOf(3), next = 0.00m }).OrderChanged(4, order => order with { DiscountPercentage = 0, Amount = 30m })),
        (NoOrphanItems.Name, "transaction", () => new World().OrderChanged(6, order => order with { Items = [] })),
        (Answered.Name, "answer-in-time", () => new World().Changed(2, operation => operation with { Outcome = Outcome.Unknown })),
        (SameReply.Name, "idempotency", () => new World("rush", 8).Noted(3, new { order = World.IdOf(3), race = "other" })),
    ];

    [Fact]
    public void Each_violation_says_what_it_comes_from_and_nothing_else()
    {
        foreach ((string rule, string name, Func<World> make) in Plants)
        {
            Finding finding = Judge(make(), rule);

            finding.Violations.Select(violation => violation.Class?.Name).Distinct().ShouldBe([name], $"{rule} must say {name}");
        }
    }

    private static World Knows(World world, decimal discount) => world.Discount(world.Plan(1).Customer, discount);

    private static void Broken(World world, Outcome outcome, string kind)
    {
        var record = new OperationRecord { Index = 0, Process = 0, Name = "bad-orders", OperationId = "bad/000001", InvokedAt = DateTimeOffset.UnixEpoch, Outcome = outcome };
        Finding finding = new BadOrdersRefused().Check(new CheckContext { History = Faultline.Verification.Histories.History.Of([record]), Ledger = new Faultline.Verification.Ledger.LedgerBuilder().Build() });

        finding.Verdict.ShouldBe(Verdict.Failed);
        finding.Violations.ShouldHaveSingleItem().Kind.ShouldBe(kind);
        world.Judge(new BadOrdersRefused()).Verdict.ShouldBe(Verdict.Inconclusive);
    }

    private static void Broken(World world, string rule, string kind)
    {
        Finding finding = Judge(world, rule);

        finding.Verdict.ShouldBe(Verdict.Failed);
        finding.Violations.ShouldContain(violation => violation.Kind == kind);
    }

    private static Finding Judge(World world, string rule) => world.Judge(new RestaurantChecks().Checkers.Single(checker => checker.Description.Name == rule));
}
