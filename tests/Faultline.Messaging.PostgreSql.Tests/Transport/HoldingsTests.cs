using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

public sealed class HoldingsTests
{
    [Fact]
    public void Demand_is_shared_over_the_partitions_and_never_exceeded()
    {
        Holdings holdings = Owning(unsettledMax: 10, partitions: 3);

        IReadOnlyList<FetchRange> ranges = holdings.TakeRanges(rowsMax: 100);

        ranges.Sum(range => range.RowsMax).ShouldBe(10);
        ranges.Max(range => range.RowsMax).ShouldBe(4);
        holdings.WakeAll();
        holdings.TakeRanges(rowsMax: 3).Sum(range => range.RowsMax).ShouldBe(3);
    }

    [Fact]
    public void With_fewer_rows_than_partitions_all_get_their_turn()
    {
        Holdings holdings = Owning(unsettledMax: 2, partitions: 5);

        int[] asked = [.. Enumerable.Range(0, 5).SelectMany(_ => AllWoken(holdings).TakeRanges(rowsMax: 100)).Select(range => range.Partition)];

        asked.Order().ShouldBe([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    }

    [Fact]
    public void A_partition_that_was_read_to_its_end_is_not_read_again_until_it_is_woken()
    {
        Holdings holdings = Owning(unsettledMax: 10, partitions: 1);
        Read(holdings, 1, [5, 6]);
        holdings.TakeRanges(100).ShouldBeEmpty();

        holdings.Wake(0);

        holdings.TakeRanges(100).Single().ShouldBe(new FetchRange(0, 6, 8));
    }

    [Fact]
    public void A_wake_up_during_a_read_is_not_forgotten()
    {
        Holdings holdings = Owning(unsettledMax: 10, partitions: 1);
        IReadOnlyList<FetchRange> ranges = holdings.TakeRanges(100);
        holdings.Wake(0);

        holdings.Accept(1, ranges, []);

        holdings.TakeRanges(100).ShouldNotBeEmpty();
    }

    [Fact]
    public void What_came_back_goes_out_first_and_holds_up_its_partition()
    {
        Holdings holdings = Owning(unsettledMax: 4, partitions: 1);
        Read(holdings, 1, [1, 2, 3, 4]);

        holdings.Requeue(3);
        holdings.Requeue(1);
        holdings.Requeue(1);

        holdings.TakeRanges(100).ShouldBeEmpty();
        holdings.Demand.ShouldBe(2);
        IReadOnlyList<Delivery> again = holdings.TakeAgain();
        again.Select(delivery => delivery.Tag).ShouldBe([1, 3]);
        again.ShouldAllBe(delivery => delivery.Redelivered);
        holdings.Demand.ShouldBe(0);
    }

    [Fact]
    public void A_claim_is_done_when_all_of_it_is_settled_and_is_told_once()
    {
        Holdings holdings = Owning(unsettledMax: 10, partitions: 1);
        Read(holdings, 7, [1, 2]);

        holdings.Settle(1);
        holdings.Settle(1);
        holdings.TakeSettledClaims().ShouldBeEmpty();
        holdings.Settle(2);

        holdings.TakeSettledClaims().ShouldBe([7]);
        holdings.TakeSettledClaims().ShouldBeEmpty();
    }

    [Fact]
    public void Suspects_are_marked_once_and_so_is_all_that_was_there_before_a_crash()
    {
        Holdings holdings = new(10);
        holdings.Gain(new TakenPartition(0, SuspectUntil: 3, [8]));

        IReadOnlyList<Delivery> got = Read(holdings, 1, [2, 3, 7, 8, 9]);

        got.Where(delivery => delivery.Redelivered).Select(delivery => delivery.Tag).ShouldBe([2, 3, 8]);
    }

    [Fact]
    public void A_dropped_partition_says_what_was_in_hand_and_frees_the_demand()
    {
        Holdings holdings = Owning(unsettledMax: 10, partitions: 2);
        Read(holdings, 1, [1, 2]);
        holdings.Settle(1);
        List<(int, long)> unsettled = [];

        holdings.Drop(0, unsettled).ShouldBeTrue();
        holdings.Drop(0, unsettled).ShouldBeFalse();

        unsettled.ShouldBe([(0, 2L)]);
        holdings.Demand.ShouldBe(10);
        holdings.Requeue(2); // Late; no harm.
        holdings.TakeAgain().ShouldBeEmpty();
    }

    private static Holdings Owning(int unsettledMax, int partitions)
    {
        Holdings holdings = new(unsettledMax);
        for (int partition = 0; partition < partitions; partition++) holdings.Gain(new TakenPartition(partition, 0, []));
        return holdings;
    }

    private static Holdings AllWoken(Holdings holdings)
    {
        holdings.WakeAll();
        return holdings;
    }

    private static IReadOnlyList<Delivery> Read(Holdings holdings, long claim, long[] ids)
    {
        IReadOnlyList<FetchRange> ranges = holdings.TakeRanges(100);
        return holdings.Accept(claim, ranges, [.. ids.Select(id => new Delivery(id, 0, Redelivered: false, Message: null, "test"))]);
    }
}
