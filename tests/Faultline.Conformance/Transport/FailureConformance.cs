using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>Processes that die, processes that are stopped for a while, and brokers that go away.</summary>
public abstract class FailureConformance(TransportHarness harness) : TransportConformance(harness)
{
    [Fact]
    public async Task When_a_consumer_dies_another_gets_what_it_had_marked_as_redelivered_and_in_order()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        (ITransport doomed, BrokerGate gate) = await ConnectThroughGateAsync();
        Consumer victim = await ConsumeAsync(doomed, system.Service, new Manners { Acks = false, UnsettledMax = 30 });
        await SendAsync(transport, [.. system.Messages(100, number => $"k{number % 20}")]);
        await Wait.For("thirty are in hand", () => victim.Deliveries.Count == 30);
        await victim.Subscription.AckAsync([.. victim.Deliveries.Take(10)], Stop);
        await Wait.For("ten more are", () => victim.Deliveries.Count == 40);

        gate.Close();
        Consumer heir = await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 200 });

        await Wait.For("the heir has all that was not acknowledged", () => heir.Deliveries.Count == 90);
        Order.ShouldRisePerKey(heir.Deliveries);
        if (!Harness.Traits.FlagsRedelivery) return;

        heir.Deliveries.Where(delivery => delivery.Redelivered).Select(delivery => delivery.Tag).ShouldBe(victim.Deliveries.Skip(10).Select(delivery => delivery.Tag), ignoreOrder: true);
    }

    [Fact]
    public async Task A_consumer_that_waits_takes_over_from_one_that_dies()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        (ITransport doomed, BrokerGate gate) = await ConnectThroughGateAsync();
        await ConsumeAsync(doomed, system.Service);
        Consumer heir = await ConsumeAsync(transport, system.Service);
        await Wait.For("they share", () => heir.Owned.Count == 8);

        gate.Close();

        await Wait.For("the heir has all", () => heir.Owned.Count == 16);
        await Wait.For("the dead one is forgotten", async () => await Harness.ConsumersAsync(system.Service) == 1);
    }

    [Fact]
    public async Task A_consumer_whose_connection_breaks_loses_all_comes_back_and_nothing_is_lost()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { UnsettledMax = 20 });
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);

        List<Guid> confirmed = [];
        for (int number = 0; number < 300; number++)
        {
            if (number % 100 == 50) await Harness.DropConnectionsAsync();
            await SendUntilConfirmedAsync(transport, system.Message($"{number}", $"k{number % 10}"));
        }

        await Wait.For("all arrived", () => consumer.Texts.Distinct().Count() == 300);
        Order.ShouldRisePerKey(consumer.Deliveries);
        consumer.Events.OfType<SubscriptionEvent.Lost>().Count().ShouldBeGreaterThanOrEqualTo(16);
        await Wait.For("it owns all again", () => consumer.Owned.Count == 16);
        await Wait.For("the queue is empty", async () => (await transport.DepthAsync(system.Service, Stop)).Messages == 0);
    }

    [Fact]
    public async Task A_consumer_that_is_silent_past_its_lease_loses_its_partitions_and_learns_of_it_when_it_wakes()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        (ITransport paused, BrokerGate gate) = await ConnectThroughGateAsync();
        Consumer sleeper = await ConsumeAsync(paused, system.Service, new Manners { Acks = false });
        await SendAsync(transport, [.. system.Messages(30, number => $"k{number}")]);
        await Wait.For("all are in hand", () => sleeper.Deliveries.Count == 30);

        gate.Freeze();
        Consumer heir = await ConsumeAsync(transport, system.Service);
        await Wait.For("the heir has all partitions", () => heir.Owned.Count == 16);
        await Wait.For("and all messages", () => heir.Deliveries.Count == 30);
        gate.Thaw();

        await Wait.For("the sleeper knows", () => sleeper.Events.OfType<SubscriptionEvent.Lost>().Count() == 16);
        await Wait.For("they share again", () => sleeper.Owned.Count == 8 && heir.Owned.Count == 8);
        if (Harness.Traits.FlagsRedelivery) heir.Deliveries.ShouldAllBe(delivery => delivery.Redelivered);
    }

    [Fact]
    public async Task An_acknowledgement_after_the_partition_was_lost_does_no_harm()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await SendAsync(transport, [.. system.Messages(5, _ => "k")]);
        await Wait.For("all arrived", () => consumer.Deliveries.Count == 5);
        IReadOnlyList<Delivery> before = consumer.Deliveries;

        await Harness.DropConnectionsAsync();
        await Wait.For("they came again", () => consumer.Deliveries.Count == 10);
        await consumer.Subscription.RequeueAsync([before[4]], Stop);
        await consumer.Subscription.AckAsync(before, Stop);
        await consumer.Subscription.AckAsync(consumer.Deliveries, Stop);

        (await transport.DepthAsync(system.Service, Stop)).Messages.ShouldBe(0);
        await SendAsync(transport, system.Message("next", "k"));
        await Wait.For("it goes on", () => consumer.Texts.Contains("next"));
    }

    [Fact]
    public async Task A_broker_that_is_away_makes_sends_fail_as_unknown_and_all_goes_on_when_it_is_back()
    {
        TestSystem system = NewSystem();
        (ITransport transport, BrokerGate gate) = await ConnectThroughGateAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await SendAsync(transport, system.Message("before", "k"));
        await Wait.For("it arrived", () => consumer.Texts.Contains("before"));

        gate.Close();
        TransportException error = await Should.ThrowAsync<TransportException>(() => transport.SendAsync([system.Message("during", "k")], Stop));
        await Wait.For("the partitions are lost", () => consumer.Owned.Count == 0);
        await Should.ThrowAsync<TransportException>(() => consumer.Subscription.AckAsync(consumer.Deliveries, Stop));
        gate.Open();

        error.Message.ShouldNotContain("Username=", Case.Insensitive);
        await SendUntilConfirmedAsync(transport, system.Message("after", "k"));
        await Wait.For("it arrived", () => consumer.Texts.Contains("after"));
    }

    [Fact]
    public async Task A_send_whose_answer_is_lost_throws_and_the_message_comes_at_most_as_often_as_it_was_sent()
    {
        TestSystem system = NewSystem(SystemTopology.DefaultPartitions); // Who has not declared a system takes it for one of the usual size.
        ITransport observer = await ConnectAsync(system);
        (ITransport transport, BrokerGate gate) = await ConnectThroughGateAsync();
        await SendAsync(transport, system.Message("warm", "k"));
        Envelope message = system.Message("unknown", "k");

        gate.Freeze();
        Task<IReadOnlyList<SendOutcome>> sending = transport.SendAsync([message], Stop);
        gate.Close();
        gate.Thaw();
        await Should.ThrowAsync<TransportException>(() => sending.WaitAsync(Wait.Limit));
        gate.Open();
        await SendUntilConfirmedAsync(transport, message);

        Consumer consumer = await ConsumeAsync(observer, system.Service);
        await Wait.For("it is there", () => consumer.Texts.Contains("unknown"));
        consumer.Deliveries.Count(delivery => delivery.Message!.Id == message.Id).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_consumer_can_be_disposed_while_the_broker_is_away()
    {
        TestSystem system = NewSystem();
        await ConnectAsync(system);
        (ITransport transport, BrokerGate gate) = await ConnectThroughGateAsync();
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);

        gate.Close();
        await Wait.For("it knows", () => consumer.Owned.Count == 0);

        await consumer.DisposeAsync().AsTask().WaitAsync(Wait.Limit, Stop);
    }

    private static async Task SendUntilConfirmedAsync(ITransport transport, Envelope message)
    {
        await Wait.For("the message is confirmed", async () =>
        {
            try
            {
                return (await transport.SendAsync([message], Stop))[0] == SendOutcome.Confirmed;
            }
            catch (TransportException)
            {
                return false;
            }
        });
    }
}
