using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Outbox;
using Faultline.Messaging.Store;

namespace Faultline.Messaging.Tests.Outbox;

public sealed class RelayCoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RelayCore _core = new(new RelayOptions { BatchRowsMax = 10, HeldRowsMax = 100, ConfirmTimeout = TimeSpan.FromSeconds(2), LingerFrom = 5 });
    private bool _confirms = true;
    private DateTimeOffset _now = Start;

    [Fact]
    public void At_most_one_row_of_a_key_is_under_way()
    {
        RelayEffect.Send first = Single<RelayEffect.Send>(Read(Row(1, "a"), Row(2, "a"), Row(3, "b"), Row(4, null), Row(5, null)));
        first.Rows.Select(row => row.Id).ShouldBe([1, 3, 4, 5]);

        RelayEffect.Send second = Single<RelayEffect.Send>(Step(Sent(first, RelayOutcome.Confirmed)));
        second.Rows.Select(row => row.Id).ShouldBe([2]);
    }

    [Theory]
    [InlineData((int)RelayOutcome.Unconfirmed, 2_000)]
    [InlineData((int)RelayOutcome.Refused, 50)]
    public void A_row_that_is_not_confirmed_holds_its_key_until_it_is_sent_again(int outcome, int afterMs)
    {
        RelayEffect.Send first = Single<RelayEffect.Send>(Read(Row(1, "a"), Row(2, "a")));
        Step(Sent(first, (RelayOutcome)outcome)).OfType<RelayEffect.Send>().ShouldBeEmpty();

        _now += TimeSpan.FromMilliseconds(afterMs);
        Single<RelayEffect.Send>(Step(new RelayEvent.Tick())).Rows.Select(row => row.Id).ShouldBe([1]);
    }

    [Fact]
    public void Rows_of_a_broken_send_are_all_sent_again_after_a_pause_that_grows()
    {
        RelayEffect.Send first = Single<RelayEffect.Send>(Read(Row(1, "a"), Row(2, "b")));
        Single<RelayEffect.WakeAt>(Step(new RelayEvent.SendFailed(first))).Time.ShouldBe(Start + TimeSpan.FromMilliseconds(50));

        _now += TimeSpan.FromMilliseconds(50);
        RelayEffect.Send again = Single<RelayEffect.Send>(Step(new RelayEvent.Tick()));
        again.Rows.Select(row => row.Id).ShouldBe([1, 2], ignoreOrder: true);
        Single<RelayEffect.WakeAt>(Step(new RelayEvent.SendFailed(again))).Time.ShouldBe(_now + TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Only_what_is_confirmed_is_deleted_and_with_the_guard_off_everything_is_at_once()
    {
        Read(Row(1, "a")).OfType<RelayEffect.Delete>().ShouldBeEmpty();

        _confirms = false;
        IReadOnlyList<RelayEffect> effects = Read(Row(2, "b"));
        Single<RelayEffect.Delete>(effects).Ids.ShouldBe([2]);
    }

    [Fact]
    public void A_failed_delete_is_asked_for_again()
    {
        RelayEffect.Send send = Single<RelayEffect.Send>(Read(Row(1, "a")));
        RelayEffect.Delete delete = DeleteOf(send);
        Step(new RelayEvent.DeleteFailed(delete)).OfType<RelayEffect.Delete>().ShouldBeEmpty();

        _now += TimeSpan.FromSeconds(1);
        Single<RelayEffect.Delete>(Step(new RelayEvent.Tick())).Ids.ShouldBe([1]);
    }

    [Fact]
    public void An_unroutable_row_moves_away_and_its_key_goes_on()
    {
        RelayEffect.Send send = Single<RelayEffect.Send>(Read(Row(1, "a"), Row(2, "a")));
        RelayEffect.DeadLetter letter = Single<RelayEffect.DeadLetter>(Step(Sent(send, RelayOutcome.Unroutable)));
        letter.Rows.Select(row => row.Id).ShouldBe([1]);

        Single<RelayEffect.Send>(Step(new RelayEvent.DeadLettered(letter))).Rows.Select(row => row.Id).ShouldBe([2]);
    }

    [Fact]
    public void Each_read_goes_on_where_the_last_one_stood_and_asks_for_what_it_could_not_see()
    {
        var seen = new OutboxSnapshot(100, [90, 95]);
        Read([Row(7, "a"), Row(9, "b")], seen);

        Step(new RelayEvent.Woken());

        LastRead.What.After.ShouldBe(9);
        LastRead.What.Seen.ShouldBe(seen);
    }

    [Fact]
    public void A_late_row_is_sent_before_a_later_one_of_its_key()
    {
        Read(Row(9, "a"));

        // Row 5 became visible late, together with row 12 of its key: one of them goes, and it is the earlier.
        Single<RelayEffect.Send>(Read(Row(5, "b"), Row(12, "b"))).Rows.Select(row => row.Id).ShouldBe([5]);
    }

    [Fact]
    public void Where_more_rows_are_late_than_fit_the_outbox_is_read_from_the_start()
    {
        Read(Row(9, "a"));

        Step(new RelayEvent.Woken());
        Step(new RelayEvent.PageRead(LastRead.What, new OutboxPage([], null)));

        LastRead.What.After.ShouldBe(0);
        LastRead.What.Seen.ShouldBe(OutboxSnapshot.Nothing);
        Step(new RelayEvent.PageRead(LastRead.What, new OutboxPage([Row(4, "b"), Row(9, "a")], Seen))).OfType<RelayEffect.Send>().ShouldHaveSingleItem().Rows.Select(row => row.Id).ShouldBe([4]);
    }

    [Fact]
    public void A_full_page_is_followed_by_another()
    {
        Read([.. Enumerable.Range(1, 10).Select(id => Row(id, null))]);

        LastRead.What.After.ShouldBe(10);
    }

    [Fact]
    public void Confirmed_rows_wait_a_moment_for_others_to_be_deleted_with_them()
    {
        RelayEffect.Send one = Single<RelayEffect.Send>(Read(Row(1, "a")));
        Step(Sent(one, RelayOutcome.Confirmed)).OfType<RelayEffect.Delete>().ShouldBeEmpty();
        RelayEffect.Send two = Single<RelayEffect.Send>(Read(Row(2, "b")));
        Step(Sent(two, RelayOutcome.Confirmed)).OfType<RelayEffect.Delete>().ShouldBeEmpty();

        _now += DeleteLinger;
        Single<RelayEffect.Delete>(Step(new RelayEvent.Tick())).Ids.ShouldBe([1, 2]);
    }

    [Fact]
    public void A_full_batch_of_confirmed_rows_does_not_wait()
    {
        RelayEffect.Send send = Single<RelayEffect.Send>(Read([.. Enumerable.Range(1, 10).Select(id => Row(id, null))]));

        Single<RelayEffect.Delete>(Step(Sent(send, RelayOutcome.Confirmed))).Ids.Count.ShouldBe(10);
    }

    [Fact]
    public void Under_load_the_next_read_lets_rows_gather_and_a_lone_row_is_not_held_up()
    {
        Read(Row(1, "a"));
        Step(new RelayEvent.Woken()).OfType<RelayEffect.Read>().ShouldNotBeEmpty();

        Step(new RelayEvent.PageRead(LastRead.What, new OutboxPage([.. Enumerable.Range(2, 5).Select(id => Row(id, null))], Seen)));
        IReadOnlyList<RelayEffect> lingering = Step(new RelayEvent.Woken());
        lingering.OfType<RelayEffect.Read>().ShouldBeEmpty();
        Single<RelayEffect.WakeAt>(lingering).Time.ShouldBe(_now + new RelayOptions().Linger);

        _now += new RelayOptions().Linger;
        Step(new RelayEvent.Tick()).OfType<RelayEffect.Read>().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_row_that_is_deleted_while_a_read_still_shows_it_is_not_sent_again()
    {
        RelayEffect.Send send = Single<RelayEffect.Send>(Read(Row(1, "a")));
        RelayEffect.Delete delete = DeleteOf(send);
        Step(new RelayEvent.Woken());
        Step(new RelayEvent.Deleted(delete));

        Step(new RelayEvent.PageRead(LastRead.What, new OutboxPage([Row(1, "a")], Seen))).OfType<RelayEffect.Send>().ShouldBeEmpty();
    }

    [Fact]
    public void A_row_that_is_read_twice_is_sent_once()
    {
        Read(Row(1, "a"));
        Read(Row(1, "a")).OfType<RelayEffect.Send>().ShouldBeEmpty();
    }

    private RelayEffect.Read LastRead { get; set; } = null!;

    private static TimeSpan DeleteLinger { get; } = new RelayOptions().DeleteLinger;

    private RelayEffect.Delete DeleteOf(RelayEffect.Send send)
    {
        Step(Sent(send, RelayOutcome.Confirmed));
        _now += DeleteLinger;
        return Single<RelayEffect.Delete>(Step(new RelayEvent.Tick()));
    }

    private static OutboxSnapshot Seen { get; } = new(50, []);

    private IReadOnlyList<RelayEffect> Read(params OutboxRow[] rows) => Read(rows, Seen);

    private IReadOnlyList<RelayEffect> Read(OutboxRow[] rows, OutboxSnapshot seen)
    {
        Step(new RelayEvent.Woken());
        return Step(new RelayEvent.PageRead(LastRead.What, new OutboxPage(rows, seen)));
    }

    private IReadOnlyList<RelayEffect> Step(RelayEvent happened)
    {
        IReadOnlyList<RelayEffect> effects = _core.Step(happened, (_confirms, 4), _now);
        if (effects.OfType<RelayEffect.Read>().FirstOrDefault() is { } read) LastRead = read;
        return effects;
    }

    private static RelayEvent.SendEnded Sent(RelayEffect.Send send, RelayOutcome outcome) => new(send, [.. send.Rows.Select(_ => outcome)]);

    private static T Single<T>(IReadOnlyList<RelayEffect> effects)
        where T : RelayEffect => effects.OfType<T>().ShouldHaveSingleItem();

    private static OutboxRow Row(long id, string? key) => new(id, new Envelope
    {
        Id = new Guid((int)id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        Type = "test.thing",
        Version = 1,
        Key = key,
        Publisher = "test/one",
        Time = Start,
        Digest = 0,
        Body = default,
    });
}
