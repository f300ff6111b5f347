using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Retry;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.Tests.Consuming;

public sealed class ConsumerCoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ConsumerGuards AllOn = new(Ordering: true, Retry: true, DeadLetter: true, Outbox: true);

    private readonly ConsumerCore _core = new(
        new ConsumerOptions { WorkersMax = 4, BatchMessagesMax = 10, Retry = new RetryOptions { AttemptsMax = 2, PauseMin = TimeSpan.FromMilliseconds(100), Jitter = 0 } }, static _ => 0.5);

    private ConsumerGuards _guards = AllOn;
    private DateTimeOffset _now = Start;

    [Fact]
    public void Nothing_is_handled_before_the_partition_is_owned()
    {
        Step(new ConsumerEvent.Gained(1)).ShouldHaveSingleItem().ShouldBeOfType<ConsumerEffect.Take>().Partitions.ShouldBe([1]);
        Deliver(Item(1, "a")).ShouldBeEmpty();

        Handle(Taken(epoch: 7)).Epochs.ShouldBe(new Dictionary<int, long> { [1] = 7 });
    }

    [Fact]
    public void Messages_of_a_key_that_is_being_handled_wait_for_their_turn()
    {
        Own();
        ConsumerEffect.Handle first = Handle(Deliver(Item(1, "a")));
        Deliver(Item(2, "a")).ShouldBeEmpty();

        IReadOnlyList<ConsumerEffect> effects = Committed(first);

        effects.OfType<ConsumerEffect.Ack>().ShouldHaveSingleItem();
        Handle(effects).Items.Select(item => item.Delivery!.Tag).ShouldBe([2]);
    }

    [Fact]
    public void A_consumer_that_stops_finishes_and_settles_what_is_in_hand_and_begins_nothing_new()
    {
        Own();
        ConsumerEffect.Handle first = Handle(Deliver(Item(1, "a")));
        Deliver(Item(2, "a"));

        Step(new ConsumerEvent.Stopping()).ShouldBeEmpty();
        Deliver(Item(3, "b")).ShouldBeEmpty();
        _core.IsStopped.ShouldBeFalse();
        IReadOnlyList<ConsumerEffect> effects = Committed(first);

        effects.OfType<ConsumerEffect.Ack>().ShouldHaveSingleItem().Items.ShouldHaveSingleItem().Delivery!.Tag.ShouldBe(1);
        effects.OfType<ConsumerEffect.Handle>().ShouldBeEmpty();
        effects.OfType<ConsumerEffect.Release>().ShouldHaveSingleItem();
        _core.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public void A_consumer_that_stops_with_nothing_in_hand_is_done_and_takes_no_partition_any_more()
    {
        Own();
        Step(new ConsumerEvent.Stopping());

        _core.IsStopped.ShouldBeTrue();
        Step(new ConsumerEvent.Gained(5)).ShouldBeEmpty();
        _core.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public void Without_the_order_guard_messages_of_a_key_go_side_by_side_and_without_epochs()
    {
        _guards = AllOn with { Ordering = false };
        Own();
        Handle(Deliver(Item(1, "a")));

        Handle(Deliver(Item(2, "a"))).Epochs.ShouldBeEmpty();
    }

    [Fact]
    public void Without_the_outbox_each_message_is_handled_by_itself()
    {
        _guards = AllOn with { Outbox = false };
        Own();

        Deliver(Item(1, "a"), Item(2, "b")).OfType<ConsumerEffect.Handle>().Select(batch => batch.Items.Count).ShouldBe([1, 1]);
    }

    [Fact]
    public void A_failed_batch_is_split_and_only_a_failure_while_alone_counts()
    {
        Own();
        ConsumerEffect.Handle batch = Handle(Deliver(Item(1, "a"), Item(2, "b")));
        IReadOnlyList<ConsumerEffect> effects = Step(new ConsumerEvent.BatchEnded(batch, new BatchEnd.Failed(null, "broke", IsLasting: false)));

        effects.OfType<ConsumerEffect.Settle>().ShouldBeEmpty();
        effects.OfType<ConsumerEffect.Handle>().ShouldAllBe(handle => handle.Items.Count == 1);
        ConsumerEffect.Settle settle = Fail(effects.OfType<ConsumerEffect.Handle>().First());
        settle.Way.ShouldBe(SettleWay.Park);
        settle.DueAt.ShouldBe(Start.AddMilliseconds(100));
    }

    [Fact]
    public void What_follows_a_parked_message_is_put_behind_it_and_other_keys_go_on()
    {
        Park(Item(1, "a"));

        IReadOnlyList<ConsumerEffect> effects = Deliver(Item(2, "a"), Item(3, "b"));

        effects.OfType<ConsumerEffect.Settle>().ShouldHaveSingleItem().Way.ShouldBe(SettleWay.Append);
        Handle(effects).Items.Select(item => item.Delivery!.Tag).ShouldBe([3]);
    }

    [Fact]
    public void A_parked_message_is_read_when_it_is_due_and_its_lane_opens_when_nothing_is_left()
    {
        Item item = Item(1, "a");
        Park(item);
        _now = Start.AddMilliseconds(100);
        ConsumerEffect.ReadParked read = Step(new ConsumerEvent.Tick()).OfType<ConsumerEffect.ReadParked>().ShouldHaveSingleItem();
        ConsumerEffect.Handle again = Handle(Step(new ConsumerEvent.ParkedRead(read.Lane, [new ParkedRow(1, 1, item.Message!, 1, _now, [])])));
        again.Items.Count.ShouldBe(1);
        again.Items[0].Attempt.ShouldBe(2);

        ConsumerEffect.ReadParked rest = Committed(again).OfType<ConsumerEffect.ReadParked>().ShouldHaveSingleItem();
        Step(new ConsumerEvent.ParkedRead(rest.Lane, []));

        Handle(Deliver(Item(2, "a"))).Items.Select(each => each.Delivery!.Tag).ShouldBe([2]);
    }

    [Theory]
    [InlineData(true, true, false, "Park")]
    [InlineData(true, true, true, "DeadLetter")]
    [InlineData(true, false, true, "Requeue")]
    [InlineData(false, true, false, "Drop")]
    public void What_becomes_of_a_failure_depends_on_the_guards(bool retry, bool deadLetter, bool isLasting, string way)
    {
        _guards = AllOn with { Retry = retry, DeadLetter = deadLetter };
        Own();
        ConsumerEffect.Handle handle = Handle(Deliver(Item(1, "a", redelivered: true)));

        Fail(handle, isLasting).Way.ToString().ShouldBe(way);
    }

    [Fact]
    public void A_redelivered_message_is_handled_with_nothing_beside_it()
    {
        Own();
        ConsumerEffect.Handle suspect = Handle(Deliver(Item(1, "a", redelivered: true), Item(2, "b")));
        (suspect.Alone, suspect.Items.Single().Delivery!.Tag).ShouldBe((true, 1L));

        Handle(Committed(suspect)).Alone.ShouldBeFalse();
    }

    [Fact]
    public void A_partition_that_is_to_be_given_up_is_released_when_its_handling_has_ended()
    {
        Own();
        ConsumerEffect.Handle handle = Handle(Deliver(Item(1, "a")));
        Deliver(Item(2, "a"));
        Step(new ConsumerEvent.Revoking(1)).OfType<ConsumerEffect.Release>().ShouldBeEmpty();

        IReadOnlyList<ConsumerEffect> effects = Committed(handle);

        effects.OfType<ConsumerEffect.Release>().ShouldHaveSingleItem().Partition.ShouldBe(1);
        effects.OfType<ConsumerEffect.Ack>().ShouldHaveSingleItem();
        effects.OfType<ConsumerEffect.Handle>().ShouldBeEmpty("what waits is the next owner's");
    }

    [Fact]
    public void A_failure_after_the_partition_was_lost_is_the_next_owners()
    {
        Own();
        ConsumerEffect.Handle handle = Handle(Deliver(Item(1, "a", redelivered: true)));
        Step(new ConsumerEvent.Lost(1));

        Step(new ConsumerEvent.BatchEnded(handle, new BatchEnd.Failed(handle.Items[0], "broke", IsLasting: true))).ShouldBeEmpty();
        _core.InHand.ShouldBe(0);
    }

    [Fact]
    public void After_being_fenced_the_partition_is_taken_again_and_the_message_handled_with_the_new_epoch()
    {
        Own();
        ConsumerEffect.Handle handle = Handle(Deliver(Item(1, "a")));
        Step(new ConsumerEvent.BatchEnded(handle, new BatchEnd.Fenced([1]))).OfType<ConsumerEffect.Handle>().ShouldBeEmpty();

        _now = Start.AddSeconds(1);
        Step(new ConsumerEvent.Tick()).OfType<ConsumerEffect.Take>().ShouldHaveSingleItem();
        Handle(Taken(epoch: 9)).Epochs[1].ShouldBe(9);
    }

    [Fact]
    public void What_comes_again_takes_the_place_of_what_was_absent_and_its_own_release_counts()
    {
        Own();
        Item lost = Item(1, "a");
        lost.IsAbsent = true;
        Deliver(lost, Item(2, "a")).ShouldBeEmpty();
        Item held = Item(1, "a", redelivered: true);
        held.IsAbsent = true;
        Deliver(held).ShouldBeEmpty();

        Handle(Step(new ConsumerEvent.Released(held))).Items.Select(item => item.Delivery!.Tag).ShouldBe([1]);
    }

    [Fact]
    public void Poison_moves_to_the_dead_letters_and_its_key_goes_on()
    {
        Own();
        Item poison = Item(1, "a");
        poison.Poison = "its digest is wrong";
        ConsumerEffect.Settle settle = Deliver(poison, Item(2, "a")).OfType<ConsumerEffect.Settle>().ShouldHaveSingleItem();
        settle.Way.ShouldBe(SettleWay.DeadLetter);

        Handle(Step(new ConsumerEvent.Settled(settle))).Items.Select(item => item.Delivery!.Tag).ShouldBe([2]);
    }

    private void Own()
    {
        Step(new ConsumerEvent.Gained(1));
        Taken(epoch: 1);
    }

    private void Park(Item item)
    {
        item.IsAlone = true;
        Own();
        Step(new ConsumerEvent.Settled(Fail(Handle(Deliver(item)))));
    }

    private IReadOnlyList<ConsumerEffect> Taken(long epoch) => Step(new ConsumerEvent.Taken([1], new Ownership(new Dictionary<int, long> { [1] = epoch }, [])));

    private IReadOnlyList<ConsumerEffect> Deliver(params Item[] items) => Step(new ConsumerEvent.Delivered(items));

    private IReadOnlyList<ConsumerEffect> Committed(ConsumerEffect.Handle handle) => Step(new ConsumerEvent.BatchEnded(handle, new BatchEnd.Committed(Acknowledge: true)));

    private ConsumerEffect.Settle Fail(ConsumerEffect.Handle handle, bool isLasting = false) =>
        Step(new ConsumerEvent.BatchEnded(handle, new BatchEnd.Failed(handle.Items[0], "broke", isLasting))).OfType<ConsumerEffect.Settle>().ShouldHaveSingleItem();

    private static ConsumerEffect.Handle Handle(IReadOnlyList<ConsumerEffect> effects) => effects.OfType<ConsumerEffect.Handle>().ShouldHaveSingleItem();

    private IReadOnlyList<ConsumerEffect> Step(ConsumerEvent happened) => _core.Step(happened, _guards, _now);

    private static Item Item(long tag, string? key, bool redelivered = false)
    {
        var message = new Envelope { Id = new Guid((int)tag, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), Type = "test.thing", Version = 1, Key = key, Publisher = "test/one", Time = Start, Digest = 0, Body = default };
        return new Item { Delivery = new Delivery(tag, 1, redelivered, message), Message = message, Partition = 1, IsAlone = redelivered, IsSuspect = redelivered };
    }
}
