using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>Delivering, acknowledging and giving back, with one consumer at a time.</summary>
public abstract class ConsumeConformance(TransportHarness harness) : TransportConformance(harness)
{
    [Fact]
    public async Task Every_partition_is_gained_before_its_deliveries_come()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, [.. system.Messages(200, number => $"k{number}")]);

        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 500 });

        await Wait.For("all arrived", () => consumer.Deliveries.Count == 200);
        consumer.Owned.Count.ShouldBe(16); // The consumer itself refuses a delivery of a partition that it does not own.
        consumer.Deliveries.ShouldAllBe(delivery => delivery.Partition == system.PartitionOf(delivery.Message!.Key!));
    }

    [Fact]
    public async Task Messages_of_one_key_arrive_in_the_order_of_their_sending()
    {
        Assert.SkipUnless(Harness.Traits.OrdersByKey, "this transport promises no order");
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 7 });

        for (int batch = 0; batch < 30; batch++) await SendAsync(transport, [.. Enumerable.Range(batch * 10, 10).Select(number => system.Message($"{number}", $"k{number % 3}"))]);

        await Wait.For("all arrived", () => consumer.Deliveries.Count == 300);
        Order.ShouldRisePerKey(consumer.Deliveries);
    }

    [Fact]
    public async Task No_more_than_the_limit_is_handed_out_and_an_acknowledgement_makes_room()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, [.. system.Messages(60, number => $"k{number}")]);

        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false, UnsettledMax = 25 });

        await Wait.For("the limit is reached", () => consumer.Deliveries.Count >= 25);
        await SendAsync(transport, system.Message("one more wakes it"));
        await consumer.Subscription.AckAsync([.. consumer.Deliveries.Take(3)], Stop);
        await Wait.For("as many came as were acknowledged", () => consumer.Deliveries.Count >= 28);
        await consumer.Subscription.RequeueAsync([], Stop);
        consumer.Deliveries.Count.ShouldBe(28);
    }

    [Fact]
    public async Task What_is_acknowledged_does_not_come_again_and_what_is_not_does()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, [.. system.Messages(10, _ => "k")]);
        Consumer first = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await Wait.For("all arrived", () => first.Deliveries.Count == 10);

        await first.Subscription.AckAsync([.. first.Deliveries.Where(delivery => int.Parse(TestSystem.TextOf(delivery)) % 2 == 0)], Stop);
        await first.DisposeAsync();

        Consumer second = await ConsumeAsync(transport, system.Service);
        await Wait.For("the rest came again", () => second.Deliveries.Count == 5);
        second.Texts.ShouldBe(["1", "3", "5", "7", "9"]);
        if (Harness.Traits.FlagsRedelivery) second.Deliveries.ShouldAllBe(delivery => delivery.Redelivered);
    }

    [Fact]
    public async Task Acknowledging_twice_does_no_harm()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, [.. system.Messages(2, _ => "k")]);
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false, UnsettledMax = 1 });
        await Wait.For("one arrived", () => consumer.Deliveries.Count == 1);

        await Task.WhenAll(
            consumer.Subscription.AckAsync([consumer.Deliveries[0], consumer.Deliveries[0]], Stop),
            consumer.Subscription.AckAsync([consumer.Deliveries[0]], Stop));

        await Wait.For("the next came", () => consumer.Deliveries.Count == 2);
        await consumer.Subscription.AckAsync([consumer.Deliveries[0]], Stop);
        (await transport.DepthAsync(system.Service, Stop)).Messages.ShouldBe(1);
    }

    [Fact]
    public async Task A_first_delivery_is_not_marked_as_redelivered_and_one_after_a_requeue_is()
    {
        Assert.SkipUnless(Harness.Traits.FlagsRedelivery, "this transport does not mark redeliveries");
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, system.Message("1", "k"));
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await Wait.For("it arrived", () => consumer.Deliveries.Count == 1);

        await consumer.Subscription.RequeueAsync(consumer.Deliveries, Stop);

        await Wait.For("it came again", () => consumer.Deliveries.Count == 2);
        consumer.Deliveries[0].Redelivered.ShouldBeFalse();
        consumer.Deliveries[1].Redelivered.ShouldBeTrue();
        consumer.Deliveries[1].Tag.ShouldBe(consumer.Deliveries[0].Tag);
        consumer.Deliveries[1].Message!.Id.ShouldBe(consumer.Deliveries[0].Message!.Id);
    }

    [Fact]
    public async Task What_is_given_back_comes_again_at_its_old_place()
    {
        Assert.SkipUnless(Harness.Traits.OrdersByKey, "this transport promises no order");
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, [.. system.Messages(10, _ => "k")]);
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false, UnsettledMax = 4 });
        await Wait.For("four arrived", () => consumer.Deliveries.Count == 4);

        // Given back in the wrong order and in two steps; 0 is done.
        IReadOnlyList<Delivery> got = consumer.Deliveries;
        await consumer.Subscription.RequeueAsync([got[3], got[1]], Stop);
        await Wait.For("they came again", () => consumer.Deliveries.Count == 6);
        await consumer.Subscription.RequeueAsync([got[1], got[2], got[3]], Stop);
        await consumer.Subscription.AckAsync([got[0]], Stop);

        await Wait.For("they came again, and one more", () => consumer.Deliveries.Count == 10);
        consumer.Texts.Skip(4).Take(2).ShouldBe(["1", "3"]);
        consumer.Texts.Skip(6).ShouldBe(["1", "2", "3", "4"]);
    }

    [Fact]
    public async Task What_was_given_back_and_then_acknowledged_is_done()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, system.Message("1", "k"));
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await Wait.For("it arrived", () => consumer.Deliveries.Count == 1);

        await consumer.Subscription.RequeueAsync(consumer.Deliveries, Stop);
        await consumer.Subscription.AckAsync(consumer.Deliveries, Stop);

        (await transport.DepthAsync(system.Service, Stop)).Messages.ShouldBe(0);
        await SendAsync(transport, system.Message("2", "k"));
        await Wait.For("the next came", () => consumer.Texts.Contains("2"));
    }

    [Fact]
    public async Task Disposing_ends_the_events_and_leaves_no_consumer()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);
        (await Harness.ConsumersAsync(system.Service)).ShouldBe(1);

        await consumer.Subscription.DisposeAsync();

        await consumer.Subscription.Events.Completion.WaitAsync(Wait.Limit, Stop);
        (await Harness.ConsumersAsync(system.Service)).ShouldBe(0);
    }

    [Fact]
    public async Task Disposing_the_transport_disposes_what_it_opened()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(transport, system.Service);

        await transport.DisposeAsync();

        await consumer.Subscription.Events.Completion.WaitAsync(Wait.Limit, Stop);
        (await Harness.ConsumersAsync(system.Service)).ShouldBe(0);
    }

    [Fact]
    public async Task Disposing_during_traffic_loses_nothing_and_leaves_no_consumer()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 20 });
        Task sending = Task.Run(async () =>
        {
            for (int batch = 0; batch < 20; batch++) await SendAsync(transport, [.. Enumerable.Range(batch * 10, 10).Select(number => system.Message($"{number}", $"k{number}"))]);
        });
        await Wait.For("traffic flows", () => consumer.Deliveries.Count > 30);

        await consumer.DisposeAsync();
        await sending;

        (await Harness.ConsumersAsync(system.Service)).ShouldBe(0);
        Consumer second = await ConsumeAsync(transport, system.Service);
        await Wait.For("nothing is missing", () => consumer.Texts.Concat(second.Texts).Distinct().Count() == 200);
    }

    [Fact]
    public async Task Settling_with_a_disposed_subscription_throws_what_the_contract_says_or_does_nothing()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, system.Message("1", "k"));
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await Wait.For("it arrived", () => consumer.Deliveries.Count == 1);
        await consumer.DisposeAsync();

        await Should.ThrowAsync<TransportException>(() => consumer.Subscription.AckAsync(consumer.Deliveries, Stop));
        await consumer.Subscription.RequeueAsync(consumer.Deliveries, Stop);
        await consumer.Subscription.ReleaseAsync(0, Stop);
        await consumer.Subscription.DisposeAsync();
    }
}
