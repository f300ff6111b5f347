using Faultline.Messaging.RabbitMq.Transport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

public sealed class MemberTableTests
{
    private readonly MemberTable _table = new("m", 16);

    [Fact]
    public void A_member_that_is_alone_has_all() => _table.Share.ShouldBe(16);

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 6)]
    [InlineData(16, 1)]
    public void Who_has_most_keeps_the_odd_ones(int others, int share)
    {
        _table.Keep(Enumerable.Range(0, 16));
        for (int other = 0; other < others; other++) _table.Take(new MemberState($"o{other}", [], Asks: true, Leaves: false));

        _table.Share.ShouldBe(share);
        _table.Short.Count.ShouldBe(Math.Min(others, 15));
    }

    [Fact]
    public void The_shares_of_all_members_add_up_when_all_know_the_same()
    {
        foreach (int members in Enumerable.Range(1, 20))
        {
            int sum = 0;
            for (int self = 0; self < members; self++)
            {
                MemberTable table = new($"{self:D2}", 16);
                for (int member = 0; member < members; member++)
                {
                    int[] owned = [.. Enumerable.Range(0, 16).Where(partition => partition % members == member)];
                    if (member == self) table.Keep(owned);
                    else table.Take(new MemberState($"{member:D2}", owned, Asks: false, Leaves: false));
                }

                table.Short.ShouldBeEmpty();
                sum += table.Share;
            }

            sum.ShouldBe(16);
        }
    }

    [Fact]
    public void A_member_that_leaves_is_forgotten_and_one_whose_partition_came_here_has_one_less()
    {
        _table.Take(new MemberState("a", [1, 2], Asks: false, Leaves: false));
        _table.Take(new MemberState("b", [3], Asks: false, Leaves: false));
        _table.OtherOwnerOf(2).ShouldBe("a");

        _table.Took(2);
        _table.Take(new MemberState("b", [3], Asks: false, Leaves: true));

        _table.OtherOwnerOf(2).ShouldBeNull();
        _table.OtherOwnerOf(1).ShouldBe("a");
        _table.Others.ShouldBe(["a"]);
    }
}
