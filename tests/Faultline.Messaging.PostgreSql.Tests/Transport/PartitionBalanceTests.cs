using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Triggers;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

public sealed class PartitionBalanceTests
{
    private static readonly HashSet<int> Nothing = [];

    [Fact]
    public void The_first_session_takes_all()
    {
        BalanceDecision decision = PartitionBalance.Decide(1, [1], new int?[4], Nothing);

        decision.Take.ShouldBe([0, 1, 2, 3]);
        decision.Revoke.ShouldBeEmpty();
    }

    [Fact]
    public void A_session_above_its_share_gives_up_the_rest_and_no_more()
    {
        PartitionBalance.Decide(1, [1, 2], [1, 1, 1, 1], Nothing).Revoke.ShouldBe([2, 3]);
        PartitionBalance.Decide(1, [1, 2], [1, 1, 1, 1], new HashSet<int> { 2, 3 }).Revoke.ShouldBeEmpty();
        PartitionBalance.Decide(2, [1, 2], [1, 1, 1, 1], Nothing).Take.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_dead_session_owns_is_free()
    {
        PartitionBalance.Decide(2, [2], [1, 2, 1, null], Nothing).Take.ShouldBe([0, 2, 3]);
    }

    [Fact]
    public void Whoever_has_the_odd_partition_keeps_it()
    {
        PartitionBalance.Decide(2, [1, 2], [2, 1, 2], Nothing).ShouldSatisfyAllConditions(
            decision => decision.Take.ShouldBeEmpty(),
            decision => decision.Revoke.ShouldBeEmpty());
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(16, 3)]
    [InlineData(16, 16)]
    [InlineData(256, 7)]
    public void Sessions_that_come_and_go_in_any_order_always_settle_at_fair_shares(int partitions, int sessionsMax)
    {
        Dice dice = new(17);
        int?[] owners = new int?[partitions];
        List<int> live = [];
        int next = 1;
        for (int change = 0; change < 60; change++)
        {
            if (live.Count == 0 || (live.Count < sessionsMax && dice.Chance(0.5))) live.Add(next++);
            else live.RemoveAt(dice.Below(live.Count));

            Settle(owners, live, dice);
            if (live.Count == 0) continue;

            int[] shares = [.. live.Select(session => owners.Count(owner => owner == session))];
            shares.Sum().ShouldBe(partitions);
            (shares.Max() - shares.Min()).ShouldBeLessThanOrEqualTo(1);
        }
    }

    // Sessions act one after the other in random order, each on its own, until nobody wants to do anything.
    private static void Settle(int?[] owners, List<int> live, Dice dice)
    {
        for (int round = 0; round < 50; round++)
        {
            bool changed = false;
            List<int> order = [.. live];
            dice.Shuffle(order);
            foreach (int session in order)
            {
                BalanceDecision decision = PartitionBalance.Decide(session, live, owners, Nothing);
                foreach (int partition in decision.Take) owners[partition] = session;
                foreach (int partition in decision.Revoke) owners[partition] = null;
                changed |= decision.Take.Count + decision.Revoke.Count > 0;
            }

            if (!changed) return;
        }

        Assert.Fail("the sessions move partitions for ever");
    }
}
