using Faultline.Messaging.RabbitMq.Transport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

public sealed class LaneTests
{
    private readonly Lane _lane = new(3);

    [Fact]
    public void What_comes_back_is_handed_out_in_the_order_of_the_queue_and_marked()
    {
        Arrive(10, 11, 12);
        for (int taken = 0; taken < 3; taken++) _lane.TakeFresh();

        _lane.Requeue(12);
        _lane.Requeue(10);
        _lane.Requeue(10);

        _lane.InHand.ShouldBe(1);
        _lane.TakeAgain().ShouldSatisfyAllConditions(again => again.Tag.ShouldBe(10), again => again.Redelivered.ShouldBeTrue());
        _lane.TakeAgain().Tag.ShouldBe(12);
    }

    [Fact]
    public void Acknowledgements_without_a_gap_become_one_and_the_others_go_alone()
    {
        Arrive(10, 11, 12, 13, 14);

        Settle(13, 10, 11).ShouldBe("up to 2, and 4");
        Settle(13).ShouldBe("up to 0, and ");
        Settle(12).ShouldBe("up to 3, and ");
        Settle(14).ShouldBe("up to 5, and ");
        _lane.Unsettled.ShouldBe(0);
    }

    [Fact]
    public void What_the_last_owner_did_not_hand_out_is_not_marked_and_everything_else_that_comes_again_is()
    {
        _lane.Spared.Add(11);

        _lane.Accept(Again(10), 1);
        _lane.Accept(Again(11), 2);

        _lane.TakeFresh().Redelivered.ShouldBeTrue();
        _lane.TakeFresh().Redelivered.ShouldBeFalse();
    }

    [Fact]
    public void A_note_names_what_is_here_and_not_handed_out_and_what_is_still_to_come()
    {
        _lane.Spared.Add(99);
        Arrive(10, 11, 12);

        _lane.NoteAfter(1).ShouldBe([11, 12, 99], ignoreOrder: true);
        _lane.NoteAfter(3).ShouldBe([99]);
    }

    [Fact]
    public void Two_that_look_alike_are_told_apart()
    {
        Arrive(10, 10);

        _lane.Unsettled.ShouldBe(2);
        _lane.TakeFresh().Tag.ShouldNotBe(_lane.TakeFresh().Tag);
    }

    [Theory]
    [InlineData(new long[0])]
    [InlineData(new long[] { 1, -1, long.MaxValue, long.MinValue })]
    public void A_note_is_read_as_it_was_written(long[] tags) => Baton.Read(Baton.Write(tags).Span).ShouldBe(tags, ignoreOrder: true);

    [Fact]
    public void What_is_no_note_is_read_as_an_empty_one() => Baton.Read([1, 2, 3]).ShouldBeEmpty();

    private static Arrival Again(long tag) => new(tag, MayBeAgain: true, SentAt: null, Message: null, "test", Raw: default);

    private void Arrive(params long[] tags)
    {
        ulong number = 0;
        foreach (long tag in tags) _lane.Accept(new Arrival(tag, MayBeAgain: false, SentAt: null, Message: null, "test", Raw: default), ++number);
    }

    private string Settle(params long[] tags)
    {
        List<ulong> numbers = [];
        foreach (long tag in tags) _lane.Settle(tag, numbers);
        (ulong upTo, IReadOnlyList<ulong> alone) = _lane.AcksFor(numbers);
        return $"up to {upTo}, and {string.Join(' ', alone)}";
    }
}
