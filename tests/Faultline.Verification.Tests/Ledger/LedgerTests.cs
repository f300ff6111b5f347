using Faultline.Protocol.Histories;
using Faultline.Protocol.Ledger;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Ledger;
using FsCheck;
using FsCheck.Fluent;
using Outcome = Faultline.Protocol.Histories.Outcome;

namespace Faultline.Verification.Tests.Ledger;

public sealed class LedgerTests
{
    [Fact]
    public void Clean_world_is_all_done()
    {
        World world = World.Clean(operations: 10);

        LedgerTotals totals = LedgerTotals.Of(world.Ledger(), world.History());

        totals.ShouldBe(new LedgerTotals { Attempted = 10, Acknowledged = 10, Messages = 20, Accepted = 30, Done = 30 });
    }

    [Theory]
    [InlineData(LedgerFact.Parked, Fate.Parked)]
    [InlineData(LedgerFact.DeadLettered, Fate.DeadLettered)]
    [InlineData(LedgerFact.Discarded, Fate.Discarded)]
    [InlineData(LedgerFact.Inbox, Fate.HalfDone)]
    public void Message_that_was_not_handled_is_where_its_consumer_says(LedgerFact fact, Fate expected)
    {
        var world = new World();
        Guid placed = world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k");
        world.Handle(placed, World.Loyalty);
        world.State(placed, World.Kitchen, fact);

        FateAt(world, World.Kitchen).ShouldBe(expected);
        FateAt(world, World.Loyalty).ShouldBe(Fate.Done);
    }

    [Theory]
    [InlineData(LedgerFact.Outbox, Fate.InOutbox)]
    [InlineData(LedgerFact.ScheduleWaiting, Fate.Waiting)]
    public void Message_that_never_left_is_where_its_publisher_says(LedgerFact fact, Fate expected)
    {
        var world = new World();
        Guid placed = world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k");
        world.State(placed, World.Orders, fact);

        FateAt(world, World.Kitchen).ShouldBe(expected);
    }

    [Fact]
    public void Message_that_is_nowhere_is_lost()
    {
        var world = new World();
        world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k");

        FateAt(world, World.Kitchen).ShouldBe(Fate.Lost);
    }

    [Fact]
    public void Scheduled_message_is_owed_unless_it_was_taken_back()
    {
        var world = new World();
        Guid owed = world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k", fact: LedgerFact.Scheduled);
        Guid takenBack = world.Publish(World.Orders, World.OrderPlaced, "cell/2", "k", fact: LedgerFact.Scheduled);
        world.State(takenBack, World.Orders, LedgerFact.Cancelled);

        List<Delivery> deliveries = [.. world.Ledger().Deliveries().Where(delivery => delivery.Consumer == World.Kitchen)];

        deliveries.Single(delivery => delivery.MessageId == owed).Fate.ShouldBe(Fate.Lost);
        deliveries.Single(delivery => delivery.MessageId == takenBack).Fate.ShouldBe(Fate.Cancelled);
    }

    [Fact]
    public void Queue_explains_as_many_missing_messages_as_it_holds_and_no_more()
    {
        var world = new World();
        Guid[] placed = [.. Enumerable.Range(1, 3).Select(number => world.Publish(World.Orders, World.OrderPlaced, $"cell/{number}", "k"))];
        LedgerBuilder builder = world.Builder();
        builder.Add(new MessagingState { Service = World.Kitchen, Queue = 2 });

        List<Delivery> kitchen = [.. builder.Build().Deliveries().Where(delivery => delivery.Consumer == World.Kitchen)];

        kitchen.Select(delivery => delivery.Fate).ShouldBe([Fate.Lost, Fate.InQueue, Fate.InQueue]);
        kitchen[0].MessageId.ShouldBe(placed[0]); // The youngest may still be on their way; the oldest had the most time.
    }

    [Fact]
    public void Unknown_operation_whose_effect_is_there_is_recovered()
    {
        World world = World.Clean(1);
        world.Operation("cell/unknown-and-done", Outcome.Unknown);
        world.Publish(World.Orders, World.OrderPlaced, "cell/unknown-and-done", "k");
        world.Operation("cell/unknown-and-not-done", Outcome.Unknown);

        LedgerTotals totals = LedgerTotals.Of(world.Ledger(), world.History());

        totals.Unknown.ShouldBe(2);
        totals.Recovered.ShouldBe(1);
    }

    [Fact]
    public void Repeat_that_was_acknowledged_settles_the_operation()
    {
        var world = new World();
        world.Operation("cell/1", Outcome.Unknown);
        world.Operation("cell/1", Outcome.Ok);

        LedgerTotals totals = LedgerTotals.Of(world.Ledger(), world.History());

        totals.Attempted.ShouldBe(1);
        totals.Acknowledged.ShouldBe(1);
        totals.Unknown.ShouldBe(0);
    }

    [Fact]
    public void Message_without_an_operation_belongs_to_that_of_its_cause()
    {
        var world = new World();
        Guid placed = world.Publish(World.Orders, World.OrderPlaced, "cell/1", "k");
        Guid ready = world.Publish(World.Kitchen, World.MealReady, "cell/1", "k", placed);
        world.Rows.ForEach(row => row.ShouldNotBeNull());
        int at = world.Rows.FindIndex(row => row.MessageId == ready);
        world.Rows[at] = world.Rows[at] with { OperationId = null };

        world.Ledger().Message(ready)!.Value.OperationId.ShouldBe("cell/1");
    }

    [Fact]
    public void Account_of_a_cell_and_the_rest_share_out_every_message()
    {
        World world = World.Clean(5, cell: "a");
        for (int number = 1; number <= 7; number++) world.Order($"b/{number}", "k");
        Guid stray = world.Publish(World.Orders, World.OrderPlaced, "c/1", "k");
        world.Rows[^1] = world.Rows[^1] with { OperationId = null };
        MessageLedger ledger = world.Ledger();

        ledger.Only("a/").MessageCount.ShouldBe(10);
        ledger.Only("b/").MessageCount.ShouldBe(14);
        ledger.Rest(["a/", "b/"]).Messages().ShouldHaveSingleItem().Id.ShouldBe(stray);
        ledger.MessageCount.ShouldBe(25);
    }

    [Fact]
    public void Order_of_the_rows_does_not_matter() => Prop.ForAll<ulong>(seed =>
    {
        World world = World.Clean(6);
        Guid hit = world.First(World.OrderPlaced);
        world.Remove(hit, World.Loyalty, LedgerFact.Handled, LedgerFact.Inbox);
        LedgerTotals straight = LedgerTotals.Of(world.Ledger(), world.History());

        new Dice(seed).Shuffle(world.Rows);

        return LedgerTotals.Of(world.Ledger(), world.History()) == straight && straight.Lost == 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Accepted_is_always_the_sum_of_its_parts() => Prop.ForAll<ulong>(seed =>
    {
        var dice = new Dice(seed);
        World world = World.Clean(8);
        for (int removed = dice.Below(30); removed > 0; removed--) world.Rows.RemoveAt(dice.Below(world.Rows.Count));
        for (int added = dice.Below(10); added > 0; added--)
        {
            LedgerRow row = dice.Pick(world.Rows);
            world.Add(row with { Fact = dice.Pick(Enum.GetValues<LedgerFact>()), Service = dice.Pick<string>([World.Orders, World.Kitchen, World.Loyalty]) });
        }

        LedgerTotals totals = LedgerTotals.Of(world.Ledger(), world.History());
        return totals.Accepted == totals.Done + totals.Lost + totals.DeadLettered + totals.Discarded + totals.Parked + totals.InFlight;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Journey_tells_cause_fault_and_the_place_that_was_never_reached()
    {
        World world = World.Clean(1);
        Guid ready = world.First(World.MealReady);
        world.Remove(ready, World.Orders, LedgerFact.Handled, LedgerFact.Inbox);
        world.Fire(ready, World.Kitchen, "transaction.commit.after", "crash", Guid.Empty);

        string journey = string.Join(" → ", Journeys.OfMessage(world.Ledger(), world.History().Operations.ToDictionary(operation => operation.OperationId), ready).Select(step => step.ToString()));

        journey.ShouldMatch("'order' cell/000001 sent by client 1 .* → shop.order-placed published by shop/orders-1 .* → shop.meal-ready published by shop/kitchen-1 .* → crash at transaction.commit.after on shop/kitchen-1 .* → shop.meal-ready never reached shop/orders$");
    }

    private static Fate FateAt(World world, string consumer) => world.Ledger().Deliveries().Single(delivery => delivery.Consumer == consumer).Fate;
}
