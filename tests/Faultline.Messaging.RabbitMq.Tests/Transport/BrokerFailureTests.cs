using System.Text;
using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Lab.Supervisor;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

public sealed class BrokerFailureTests(OwnBroker broker) : IClassFixture<OwnBroker>
{
    private static readonly RabbitMqTransportOptions Hasty = new() { SendTimeout = TimeSpan.FromSeconds(1) };

    /// <summary>A broker that was killed may take as long as this to come back on a busy machine.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_is_killed_three_times_under_load_loses_nothing_that_it_confirmed_and_keeps_the_order()
    {
        TestSystem system = new("killed");
        await using RabbitMqTransport sending = await broker.ConnectAsync(Hasty);
        await sending.DeclareAsync(system.Topology, Stop);
        await using RabbitMqTransport receiving = await broker.ConnectAsync();
        await using Consumer consumer = new(await receiving.SubscribeAsync(system.Service, "1", 100, Stop), new Manners());
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);

        Task load = Task.Run(async () =>
        {
            for (int batch = 0; batch < 60; batch++)
            {
                await SendUntilConfirmedAsync(sending, [.. Enumerable.Range(batch * 20, 20).Select(number => system.Message($"{number}", $"k{number % 20}"))]);
                await Wait.For("the consumer is near", () => consumer.Texts.Distinct().Count() > (batch * 20) - 200);
            }
        }, Stop);
        for (int kill = 1; kill <= 3; kill++)
        {
            int before = consumer.Deliveries.Count;
            await Wait.For("traffic flows", () => Task.FromResult(consumer.Deliveries.Count > before + 150), StartLimit);
            await broker.Rabbit.Process.KillAsync(stayDown: false, Stop);
            await broker.Rabbit.Process.WaitHealthyAsync(StartLimit, Stop);
        }

        await load;
        await Wait.For("all arrived", () => consumer.Texts.Distinct().Count() == 1200);
        Order.ShouldRisePerKey(consumer.Deliveries);
        await Wait.For("the queue is empty", async () => await DepthAsync(receiving, system.Service) == 0);
        consumer.Events.OfType<SubscriptionEvent.Lost>().Count().ShouldBeGreaterThanOrEqualTo(48);
    }

    [Fact]
    public async Task What_was_in_hand_when_the_broker_was_killed_comes_again_marked_and_later_messages_do_not()
    {
        TestSystem system = new("marked");
        await using RabbitMqTransport transport = await broker.ConnectAsync(Hasty);
        await transport.DeclareAsync(system.Topology, Stop);
        await transport.SendAsync([.. system.Messages(10, number => $"k{number % 5}")], Stop);
        await using Consumer consumer = new(await transport.SubscribeAsync(system.Service, "1", 100, Stop), new Manners { Acks = false });
        await Wait.For("ten are in hand", () => consumer.Deliveries.Count == 10);

        await broker.Rabbit.Process.KillAsync(stayDown: false, Stop);
        await broker.Rabbit.Process.WaitHealthyAsync(StartLimit, Stop);

        await Wait.For("ten came again", () => consumer.Deliveries.Count == 20);
        consumer.Deliveries.Skip(10).ShouldAllBe(delivery => delivery.Redelivered);
        await SendUntilConfirmedAsync(transport, [system.Message("new", "k1")]);
        await Wait.For("the new one came", () => consumer.Texts.Contains("new"));
        consumer.Deliveries.Last(delivery => TestSystem.TextOf(delivery) == "new").Redelivered.ShouldBeFalse();
    }

    [Fact]
    public async Task A_delivery_that_vanishes_on_the_way_is_missed_and_comes_again()
    {
        TestSystem system = new("vanished", partitions: 1);
        await using RabbitMqTransport sending = await broker.ConnectAsync(Hasty);
        await sending.DeclareAsync(system.Topology, Stop);
        await sending.SendAsync([.. new[] { "first", "vanishes", "third", "fourth" }.Select(text => system.Message(text, text))], Stop);
        await using LossyLine line = new(new Uri(broker.Rabbit.AddressOf()).Port, "vanishes"u8.ToArray());
        await using RabbitMqTransport receiving = await broker.ConnectAsync(line.Port);
        await using Consumer consumer = new(await receiving.SubscribeAsync(system.Service, "1", 100, Stop), new Manners());

        // Acknowledged up to the last, it would be gone for good.
        await Wait.For("all came", () => consumer.Texts.Distinct().Count() == 4);
        await Wait.For("the queue is empty", async () => await DepthAsync(sending, system.Service) == 0);
        line.Lost.ShouldBe(1);
        consumer.Texts.Distinct().ShouldBe(["first", "vanishes", "third", "fourth"]);
    }

    [Fact]
    public async Task An_event_of_a_stream_that_vanishes_on_the_way_is_not_skipped()
    {
        TestSystem system = new("skipped", partitions: 1);
        StreamTopology stream = new($"{system.Publisher}/events");
        await using RabbitMqTransport sending = await broker.ConnectAsync(Hasty);
        await sending.DeclareAsync(system.Topology with { Stream = stream }, Stop);
        await sending.SendAsync([.. new[] { "first", "vanishes", "third", "fourth" }.Select(text => system.Message(text, "one key"))], Stop);
        await using LossyLine line = new(new Uri(broker.Rabbit.AddressOf()).Port, "vanishes"u8.ToArray());
        await using RabbitMqTransport receiving = await broker.ConnectAsync(line.Port);
        await using IStreamReader reader = await receiving.OpenStreamAsync(stream.Name, new StreamStart.First(), Stop);

        List<string> texts = [];
        await Wait.For("all came", async () =>
        {
            try
            {
                texts.AddRange((await reader.ReadAsync(Stop)).Select(item => Encoding.UTF8.GetString(item.Message!.Body.Span)));
            }
            catch (TransportException)
            {
                return false; // It connects anew at the next call, as a projection has it do.
            }

            return texts.Contains("fourth");
        });
        texts.ShouldBe(["first", "vanishes", "third", "fourth"]);
        line.Lost.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_reaches_a_new_queue_before_the_broker_would_remember_it()
    {
        TestSystem system = new("young");
        await using RabbitMqTransport transport = await broker.ConnectAsync(new RabbitMqTransportOptions { SettleTime = TimeSpan.FromSeconds(60) });
        await using RabbitMqTransport other = await broker.ConnectAsync();
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task declaring = transport.DeclareAsync(system.Topology, enough.Token);
        await Wait.For("the queues are there", () => IsThereAsync(other, system.Service));

        (await other.SendAsync([system.Message("early", "k")], Stop)).ShouldBe([SendOutcome.Unroutable]);
        await other.DeclareAsync(system.Topology, Stop);
        (await other.SendAsync([system.Message("late", "k")], Stop)).ShouldBe([SendOutcome.Confirmed]);
        declaring.IsCompleted.ShouldBeFalse();
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => declaring);
    }

    // It closes it because a message is in hand for too long. The batons are in hand for longer still: were they not renewed, all partitions would be lost and not one.
    [Fact]
    public async Task A_channel_that_the_broker_closes_costs_one_partition_and_what_was_in_hand_comes_again_marked()
    {
        TestSystem system = new("late");
        await using RabbitMqTransport transport = await broker.ConnectAsync(new RabbitMqTransportOptions { BatonAgeMax = TimeSpan.FromMilliseconds(600) });
        await transport.DeclareAsync(system.Topology, Stop);
        await broker.Rabbit.EvaluateAsync("application:set_env(rabbit, consumer_timeout, 4000)", Stop);
        try
        {
            await using Consumer consumer = new(await transport.SubscribeAsync(system.Service, "1", 100, Stop), new Manners { Acks = false });
            await Wait.For("it owns all", () => consumer.Owned.Count == 16);
            await transport.SendAsync([system.Message("slow", "k")], Stop);
            await Wait.For("it is in hand", () => consumer.Deliveries.Count == 1);

            await Wait.For("the channel is closed", async () =>
            {
                await broker.Rabbit.EvaluateAsync("[Channel ! tick || Channel <- rabbit_channel:list_local()], ok", Stop); // The broker looks once a minute by itself.
                return consumer.Events.OfType<SubscriptionEvent.Lost>().Any();
            });

            await Wait.For("it came again", () => consumer.Deliveries.Count == 2);
            consumer.Deliveries[1].Redelivered.ShouldBeTrue();
            consumer.Events.OfType<SubscriptionEvent.Lost>().ShouldBe([new SubscriptionEvent.Lost(system.PartitionOf("k"))]);
            consumer.Owned.Count.ShouldBe(16);
        }
        finally
        {
            await broker.Rabbit.EvaluateAsync("application:set_env(rabbit, consumer_timeout, 1800000)", Stop);
        }
    }

    [Fact]
    public async Task A_confirm_that_never_comes_makes_a_send_fail_as_unknown_within_its_limit()
    {
        TestSystem system = new("paused");
        await using RabbitMqTransport transport = await broker.ConnectAsync(Hasty);
        await transport.DeclareAsync(system.Topology, Stop);
        await SendUntilConfirmedAsync(transport, [system.Message("before", "k")]);

        broker.Rabbit.Process.Pause();
        try
        {
            TransportException error = await Should.ThrowAsync<TransportException>(() => transport.SendAsync([system.Message("during", "k")], Stop).WaitAsync(Wait.Limit));
            error.Message.ShouldContain("within 1 s");
        }
        finally
        {
            broker.Rabbit.Process.Resume();
        }

        await broker.Rabbit.Process.WaitForAsync(ProcessState.Healthy, Stop);
        await SendUntilConfirmedAsync(transport, [system.Message("after", "k")]);
    }

    [Fact]
    public async Task While_the_broker_is_short_of_memory_sends_wait_and_fail_and_consumers_go_on()
    {
        TestSystem system = new("starved");
        await using RabbitMqTransport transport = await broker.ConnectAsync(Hasty);
        await transport.DeclareAsync(system.Topology, Stop);
        await SendUntilConfirmedAsync(transport, [.. system.Messages(200, number => $"k{number}")]);

        await broker.Rabbit.SetMemoryAlarmAsync(raised: true, Stop);
        try
        {
            TransportException error = await Should.ThrowAsync<TransportException>(() => transport.SendAsync([system.Message("during", "k")], Stop).WaitAsync(Wait.Limit));
            error.Message.ShouldContain("takes no messages");
            await using RabbitMqTransport other = await broker.ConnectAsync(Hasty);
            await using Consumer consumer = new(await other.SubscribeAsync(system.Service, "1", 1_000, Stop), new Manners());
            await Wait.For("what was there is consumed", () => consumer.Texts.Distinct().Count() >= 200);
        }
        finally
        {
            await broker.Rabbit.SetMemoryAlarmAsync(raised: false, Stop);
        }

        await SendUntilConfirmedAsync(transport, [system.Message("after", "k")]);
        await Wait.For("nothing is left but what was sent late", async () => await DepthAsync(transport, system.Service) is 1 or 2);
    }

    [Fact]
    public async Task A_broker_that_is_stopped_in_order_and_comes_back_finds_its_consumers_again()
    {
        TestSystem system = new("stopped");
        await using RabbitMqTransport transport = await broker.ConnectAsync(Hasty);
        await transport.DeclareAsync(system.Topology, Stop);
        await using Consumer consumer = new(await transport.SubscribeAsync(system.Service, "1", 100, Stop), new Manners());
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);

        await broker.Rabbit.Process.StopAsync(stayDown: true, Stop);
        await Wait.For("it knows", () => consumer.Owned.Count == 0);
        await Should.ThrowAsync<TransportException>(() => transport.DepthAsync(system.Service, Stop));
        await Should.ThrowAsync<TransportException>(() => transport.SendAsync([system.Message("lost?", "k")], Stop));
        await broker.Rabbit.StartAsync(Stop);

        await SendUntilConfirmedAsync(transport, [system.Message("after", "k")]);
        await Wait.For("it came", () => consumer.Texts.Contains("after"));
    }

    private static async Task<bool> IsThereAsync(RabbitMqTransport transport, string service)
    {
        try
        {
            await transport.DepthAsync(service, Stop);
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or TransportException)
        {
            return false; // One of its queues is missing.
        }
    }

    private static async Task<long> DepthAsync(RabbitMqTransport transport, string service)
    {
        try
        {
            return (await transport.DepthAsync(service, Stop)).Messages;
        }
        catch (TransportException)
        {
            return -1; // The connection broke meanwhile.
        }
    }

    private static Task SendUntilConfirmedAsync(RabbitMqTransport transport, IReadOnlyList<Envelope> batch) => Wait.For("the batch is confirmed", async () =>
    {
        try
        {
            return (await transport.SendAsync(batch, Stop)).All(outcome => outcome == SendOutcome.Confirmed);
        }
        catch (TransportException)
        {
            return false;
        }
    }, StartLimit);
}
