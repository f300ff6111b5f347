using System.Collections.Concurrent;
using System.Text;
using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.RabbitMq.Transport;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

/// <summary>What others have done to a broker.</summary>
public sealed class BrokerStateTests(RabbitMqHarness harness) : IClassFixture<RabbitMqHarness>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_that_is_deleted_under_its_consumer_is_lost_and_comes_back()
    {
        TestSystem system = new("deleted");
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        await using Consumer consumer = new(await transport.SubscribeAsync(system.Service, "1", 100, Stop), new Manners());
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);
        int partition = system.PartitionOf("k");

        await AtBrokerAsync(channel => channel.QueueDeleteAsync($"{system.Service}.p{partition}"));

        await Wait.For("it is lost", () => consumer.Events.Contains(new SubscriptionEvent.Lost(partition)));
        await Wait.For("it is back", () => consumer.Owned.Count == 16);
        (await transport.SendAsync([system.Message("after", "k")], Stop)).ShouldBe([SendOutcome.Confirmed]);
        await Wait.For("it arrived", () => consumer.Texts.Contains("after"));
        consumer.Events.OfType<SubscriptionEvent.Lost>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task What_a_consumer_had_in_hand_when_it_crashed_comes_again_marked_and_in_order_crash_after_crash()
    {
        TestSystem system = new("storm");
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        await transport.SendAsync([.. system.Messages(1_000, number => $"k{number % 30}")], Stop);
        for (int crash = 0; crash < 3; crash++)
        {
            await using BrokerGate way = new(harness.Broker);
            await using RabbitMqTransport doomed = await harness.ConnectAsync(way.Port);
            await using Consumer victim = new(await doomed.SubscribeAsync(system.Service, $"victim-{crash}", 20_000, Stop), new Manners { Acks = false });
            await Wait.For("all are in hand", () => victim.Deliveries.Count == 1_000);
            victim.Deliveries.ShouldAllBe(delivery => delivery.Redelivered == crash > 0);
            way.Close();
        }

        await using Consumer heir = new(await transport.SubscribeAsync(system.Service, "heir", 20_000, Stop), new Manners());

        await Wait.For("all came again", () => heir.Deliveries.Count == 1_000);
        heir.Deliveries.ShouldAllBe(delivery => delivery.Redelivered);
        Order.ShouldRisePerKey(heir.Deliveries);
        await Wait.For("nothing is left", async () => (await transport.DepthAsync(system.Service, Stop)).Messages == 0);
    }

    // The queue may not give later messages to others while earlier ones are open at a member that gives its partition up: that member may die before it has given them back.
    [Fact]
    public async Task A_member_that_dies_while_it_gives_up_a_partition_has_let_nobody_read_past_it()
    {
        TestSystem system = new("midway", partitions: 1);
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        await using BrokerGate way = new(harness.Broker);
        await using RabbitMqTransport doomed = await harness.ConnectAsync(way.Port);
        await using Consumer victim = new(await doomed.SubscribeAsync(system.Service, "victim", 100, Stop), new Manners { Acks = false, Releases = false });
        await transport.SendAsync([.. system.Messages(10, number => $"k{number}")], Stop);
        await Wait.For("ten are in hand", () => victim.Deliveries.Count == 10);
        await using IConnection connection = await harness.OpenAsync();
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        var next = new NextInLine(channel);
        await channel.BasicConsumeAsync($"{system.Service}.p0", autoAck: true, next, Stop);

        way.Deafen(); // So it cannot come to the end of giving up.
        long before = way.Sent;
        Task releasing = victim.Subscription.ReleaseAsync(0, Stop);
        await Wait.For("the broker hears that it begins", () => way.Sent > before);
        await transport.SendAsync([system.Message("10", "k10")], Stop);
        way.Close();

        await Wait.For("the next in line has all", () => next.Texts.Count >= 11);
        next.Texts.ShouldBe([.. Enumerable.Range(0, 11).Select(number => $"{number}")]);
        await victim.Subscription.DisposeAsync();
        await releasing;
    }

    [Fact]
    public async Task A_queue_of_a_baton_that_is_deleted_costs_the_connection_and_comes_back()
    {
        TestSystem system = new("batonless");
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        await using Consumer consumer = new(await transport.SubscribeAsync(system.Service, "1", 100, Stop), new Manners());
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);

        await AtBrokerAsync(channel => channel.QueueDeleteAsync($"{system.Service}.p5.owner"));

        await Wait.For("all is lost", () => consumer.Events.OfType<SubscriptionEvent.Lost>().Count() == 16);
        await Wait.For("all is back", () => consumer.Owned.Count == 16);
    }

    [Fact]
    public async Task A_queue_that_refuses_makes_the_send_refused_and_it_succeeds_when_there_is_room()
    {
        TestSystem system = new("full");
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        Dictionary<string, object?> arguments = new() { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" };
        await AtBrokerAsync(async channel =>
        {
            await channel.QueueDeclareAsync("full", durable: true, exclusive: false, autoDelete: false, arguments);
            await channel.QueueBindAsync("full", system.Publisher, "#");
        });

        (await transport.SendAsync([system.Message("1", "k")], Stop)).ShouldBe([SendOutcome.Confirmed]);
        (await transport.SendAsync([system.Message("2", "k"), system.Message("3", "l")], Stop)).ShouldBe([SendOutcome.Refused, SendOutcome.Refused]);
        await AtBrokerAsync(channel => channel.QueueDeleteAsync("full"));
        (await transport.SendAsync([system.Message("2", "k")], Stop)).ShouldBe([SendOutcome.Confirmed]);
    }

    [Fact]
    public async Task A_queue_with_other_arguments_is_refused_by_a_sentence_that_names_it_and_says_what_to_do()
    {
        TestSystem system = new("strange");
        await AtBrokerAsync(channel => channel.QueueDeclareAsync($"{system.Service}.p7", durable: true, exclusive: false, autoDelete: false));
        await using RabbitMqTransport transport = await harness.ConnectAsync();

        InvalidOperationException error = await Should.ThrowAsync<InvalidOperationException>(() => transport.DeclareAsync(system.Topology, Stop));

        error.Message.ShouldContain($"'{system.Service}.p7'");
        error.Message.ShouldContain("delete it");
    }

    [Fact]
    public async Task Another_number_of_partitions_is_refused_by_a_sentence_that_names_both()
    {
        TestSystem system = new("regrown", partitions: 4);
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);

        InvalidOperationException error = await Should.ThrowAsync<InvalidOperationException>(() => transport.DeclareAsync(system.Topology with { Partitions = 8 }, Stop));

        error.Message.ShouldContain("partitions-4");
        error.Message.ShouldContain("partitions-8");
        error.Message.ShouldContain("delete");
    }

    [Fact]
    public async Task A_process_that_declared_nothing_finds_out_how_many_partitions_there_are()
    {
        foreach (int partitions in (int[])[1, 3, 17])
        {
            TestSystem system = new($"found{partitions}", partitions);
            await using RabbitMqTransport declaring = await harness.ConnectAsync();
            await declaring.DeclareAsync(system.Topology, Stop);
            await declaring.SendAsync([.. system.Messages(5, number => $"k{number}")], Stop);

            await using RabbitMqTransport other = await harness.ConnectAsync();
            (await other.DepthAsync(system.Service, Stop)).Messages.ShouldBe(5);
            await using Consumer consumer = new(await other.SubscribeAsync(system.Service, "1", 100, Stop), new Manners());

            await Wait.For("it owns all", () => consumer.Owned.Count == partitions);
            await Wait.For("all arrived", () => consumer.Deliveries.Count == 5);
        }
    }

    [Fact]
    public async Task An_exchange_that_is_deleted_under_a_sender_is_noticed_and_its_messages_are_unroutable()
    {
        TestSystem system = new("gone");
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        await transport.SendAsync([system.Message("1")], Stop);

        await AtBrokerAsync(channel => channel.ExchangeDeleteAsync(system.Publisher));

        await Should.ThrowAsync<TransportException>(() => transport.SendAsync([system.Message("2")], Stop));
        (await transport.SendAsync([system.Message("2")], Stop)).ShouldBe([SendOutcome.Unroutable]);
    }

    [Fact]
    public async Task A_message_type_that_would_be_a_wildcard_is_refused_by_name()
    {
        await using RabbitMqTransport transport = await harness.ConnectAsync();
        SystemTopology topology = new([new ServiceTopology("wild/out", [new Protocol.Services.MessageContract("wild.#", 1)], [])]);

        (await Should.ThrowAsync<ArgumentException>(() => transport.DeclareAsync(topology, Stop))).Message.ShouldContain("wild.#");
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_telling_it()
    {
        string address = $"amqp://somebody:secret@127.0.0.1:{harness.Rabbit.Port}/";

        TransportException error = await Should.ThrowAsync<TransportException>(() => RabbitMqTransport.ConnectAsync(address, TimeProvider.System, NullLogger.Instance, Stop));

        error.ToString().ShouldNotContain("secret");
        error.Message.ShouldContain("ACCESS_REFUSED");
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Password=secret")]
    [InlineData("http://127.0.0.1/")]
    public async Task An_address_that_is_none_is_refused_without_repeating_it(string address)
    {
        ArgumentException error = await Should.ThrowAsync<ArgumentException>(() => RabbitMqTransport.ConnectAsync(address, TimeProvider.System, NullLogger.Instance, Stop));

        error.Message.ShouldContain("amqp://");
        error.Message.ShouldNotContain(address);
    }

    private sealed class NextInLine(IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly ConcurrentQueue<string> _texts = [];

        public IReadOnlyCollection<string> Texts => [.. _texts];

        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            _texts.Enqueue(Encoding.UTF8.GetString(body.Span));
            return Task.CompletedTask;
        }
    }

    private async Task AtBrokerAsync(Func<IChannel, Task> work)
    {
        await using IConnection connection = await harness.OpenAsync();
        await using IChannel channel = await connection.CreateChannelAsync();
        await work(channel);
    }
}
