using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>Several consumers of one queue: who has which partition, and how it changes hands.</summary>
public abstract class ShareConformance(TransportHarness harness) : TransportConformance(harness)
{
    [Fact]
    public async Task Consumers_share_the_partitions_fairly_and_no_partition_has_two()
    {
        TestSystem system = NewSystem();
        List<Consumer> consumers = [];
        for (int number = 1; number <= 3; number++)
        {
            ITransport transport = await ConnectAsync(system);
            consumers.Add(await ConsumeAsync(transport, system.Service, instance: $"{number}"));
            await Wait.For("the shares are fair", () =>
                consumers.Sum(consumer => consumer.Owned.Count) == 16 && consumers.Max(consumer => consumer.Owned.Count) - consumers.Min(consumer => consumer.Owned.Count) <= 1);
            consumers.SelectMany(consumer => consumer.Owned).Distinct().Count().ShouldBe(16);
        }

        await consumers[0].DisposeAsync();

        await Wait.For("the two share all", () => consumers[1].Owned.Count == 8 && consumers[2].Owned.Count == 8);
    }

    [Fact]
    public async Task More_consumers_than_partitions_leave_some_waiting_until_one_goes()
    {
        TestSystem system = NewSystem(partitions: 2);
        ITransport transport = await ConnectAsync(system);
        Consumer[] consumers = [await ConsumeAsync(transport, system.Service), await ConsumeAsync(transport, system.Service), await ConsumeAsync(transport, system.Service)];
        await Wait.For("two have one each", () => consumers.Select(consumer => consumer.Owned.Count).Order().SequenceEqual([0, 1, 1]));

        Consumer waiting = consumers.Single(consumer => consumer.Owned.Count == 0);
        await consumers.First(consumer => consumer.Owned.Count == 1).DisposeAsync();

        await Wait.For("the waiting one has it", () => waiting.Owned.Count == 1);
    }

    [Fact]
    public async Task A_revoked_partition_delivers_nothing_more_and_moves_only_when_it_is_released()
    {
        TestSystem system = NewSystem(partitions: 2);
        ITransport transport = await ConnectAsync(system);
        Consumer old = await ConsumeAsync(transport, system.Service, new Manners { Releases = false, Acks = false });
        await Wait.For("it owns both", () => old.Owned.Count == 2);

        Consumer joined = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await Wait.For("one is revoked", () => old.Owned.Count == 1);
        int revoked = 1 - old.Owned[0];
        await SendAsync(transport, [.. system.Messages(40, number => $"k{number}")]);
        int kept = system.Messages(40, number => $"k{number}").Count(message => system.PartitionOf(message.Key!) != revoked);
        await Wait.For("what is of the other partition arrived", () => old.Deliveries.Count == kept);
        joined.Owned.ShouldBeEmpty();
        joined.Deliveries.ShouldBeEmpty();

        await old.Subscription.ReleaseAsync(revoked, Stop);

        await Wait.For("the other has the rest", () => joined.Deliveries.Count == 40 - kept);
        old.Deliveries.Count.ShouldBe(kept);
        joined.Deliveries.ShouldAllBe(delivery => delivery.Partition == revoked && !delivery.Redelivered);
    }

    [Fact]
    public async Task What_was_in_hand_at_a_release_is_marked_for_the_next_owner()
    {
        TestSystem system = NewSystem(partitions: 2);
        ITransport transport = await ConnectAsync(system);
        Consumer old = await ConsumeAsync(transport, system.Service, new Manners { Acks = false, UnsettledMax = 10, Releases = false });
        await SendAsync(transport, [.. system.Messages(20, number => $"k{number % 10}")]);
        await Wait.For("ten are in hand", () => old.Deliveries.Count == 10);

        Consumer joined = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await Wait.For("one is revoked", () => old.Owned.Count == 1);
        int revoked = 1 - old.Owned[0];
        await old.Subscription.ReleaseAsync(revoked, Stop);

        IReadOnlyList<long> handedOut = [.. old.Deliveries.Where(delivery => delivery.Partition == revoked).Select(delivery => delivery.Tag)];
        int all = system.Messages(20, number => $"k{number % 10}").Count(message => system.PartitionOf(message.Key!) == revoked);
        await Wait.For("the other has all of it", () => joined.Deliveries.Count == all);
        Order.ShouldRisePerKey(joined.Deliveries);
        if (Harness.Traits.FlagsRedelivery) joined.Deliveries.Where(delivery => delivery.Redelivered).Select(delivery => delivery.Tag).ShouldBe(handedOut, ignoreOrder: true);
    }

    [Fact]
    public async Task Order_within_a_key_holds_while_consumers_come_and_go()
    {
        Assert.SkipUnless(Harness.Traits.OrdersByKey, "this transport promises no order");
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        List<Delivery> all = [];
        void Seen(Delivery delivery)
        {
            lock (all) all.Add(delivery);
        }

        Task sending = Task.Run(async () =>
        {
            for (int number = 0; number < 400; number++) await SendAsync(transport, system.Message($"{number}", $"k{number % 20}"));
        });
        Consumer first = await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 10 }, seen: Seen);
        await Wait.For("some came", () => first.Deliveries.Count > 20);
        Consumer second = await ConsumeAsync(await ConnectAsync(), system.Service, new Manners { UnsettledMax = 10 }, seen: Seen);
        await Wait.For("the second has its share", () => second.Owned.Count == 8);
        Consumer third = await ConsumeAsync(await ConnectAsync(), system.Service, new Manners { UnsettledMax = 10 }, seen: Seen);
        await Wait.For("the third has its share", () => third.Owned.Count == 5);
        await first.DisposeAsync();
        await sending;

        await Wait.For("all arrived", () =>
        {
            lock (all) return all.Select(TestSystem.TextOf).Distinct().Count() == 400;
        });
        second.Deliveries.Count.ShouldBeGreaterThan(0);
        lock (all) Order.ShouldRisePerKey(all);
    }
}
