using System.Text;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Services;

namespace Faultline.Conformance.Transport;

/// <summary>Declaring, sending, and what arrives.</summary>
public abstract class SendConformance(TransportHarness harness) : TransportConformance(harness)
{
    [Fact]
    public async Task A_message_arrives_as_it_was_sent()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Envelope sent = system.Message("{\"name\":\"Łódź 東京 🎫 \\u0000\"}", "ключ/🔑 ' \" \\") with
        {
            Version = 7,
            CorrelationId = "operation 1",
            CausationId = Guid.Parse("0198c0de-0000-7000-8000-000000000001"),
            TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            Headers = new Dictionary<string, string> { ["fl-cell"] = "b2", ["имя"] = "wért\n\"{}\"", ["empty"] = "" },
        };

        await SendAsync(transport, sent);

        Envelope got = (await FirstAsync(transport, system)).Message.ShouldNotBeNull();
        got.Body.ToArray().ShouldBe(sent.Body.ToArray());
        got.IsIntact.ShouldBeTrue();
        got.Headers.ShouldBe(sent.Headers, ignoreOrder: true);
        (got with { Body = default, Headers = Envelope.EmptyHeaders }).ShouldBe(sent with { Body = default, Headers = Envelope.EmptyHeaders });
    }

    [Fact]
    public async Task What_a_message_does_not_have_is_absent_when_it_arrives()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);

        await SendAsync(transport, system.Message(""));

        Envelope got = (await FirstAsync(transport, system)).Message.ShouldNotBeNull();
        got.Key.ShouldBeNull();
        got.CorrelationId.ShouldBeNull();
        got.CausationId.ShouldBeNull();
        got.TraceParent.ShouldBeNull();
        got.Headers.ShouldBeEmpty();
        got.Body.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_body_of_the_largest_size_arrives_whole()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Envelope sent = system.Message(string.Concat(Enumerable.Range(0, Envelope.BodyBytesMax / 8).Select(number => $"{number:D8}")));
        sent.Body.Length.ShouldBe(Envelope.BodyBytesMax);

        await SendAsync(transport, sent);

        Envelope got = (await FirstAsync(transport, system)).Message.ShouldNotBeNull();
        got.Body.Length.ShouldBe(Envelope.BodyBytesMax);
        got.IsIntact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_by_name_and_nothing_of_its_batch_is_sent()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Envelope large = system.Message(new string('x', Envelope.BodyBytesMax + 1));

        ArgumentException error = await Should.ThrowAsync<ArgumentException>(() => transport.SendAsync([system.Message("small"), large], Stop));

        error.Message.ShouldContain(large.Id.ToString());
        error.Message.ShouldContain($"{Envelope.BodyBytesMax}");
        (await transport.DepthAsync(system.Service, Stop)).Messages.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_reaches_every_bound_queue()
    {
        TestSystem system = NewSystem();
        string second = $"{system.Service}-too";
        ITransport transport = await ConnectAsync();
        await transport.DeclareAsync(new SystemTopology([.. system.Topology.Services, new ServiceTopology(second, [], [system.Contract])]), Stop);

        Envelope message = system.Message("for both");
        await SendAsync(transport, message);

        foreach (string service in (string[])[system.Service, second])
        {
            Consumer consumer = await ConsumeAsync(transport, service);
            await Wait.For("it arrived", () => consumer.Deliveries.Count == 1);
            consumer.Deliveries[0].Message.ShouldNotBeNull().Id.ShouldBe(message.Id);
        }
    }

    [Fact]
    public async Task A_message_that_no_queue_is_bound_to_is_reported_and_the_rest_of_its_batch_arrives()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);

        IReadOnlyList<SendOutcome> outcomes = await transport.SendAsync(
            [
                system.Message("1", "k"), system.Message("nobody") with { Type = "nobody.wants-this" }, system.Message("2", "k"),
                system.Message("stranger") with { Publisher = "nobody/knows" },
            ],
            Stop);

        outcomes.ShouldBe([SendOutcome.Confirmed, SendOutcome.Unroutable, SendOutcome.Confirmed, SendOutcome.Unroutable]);
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await Wait.For("two arrived", () => consumer.Deliveries.Count == 2);
        consumer.Texts.ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Messages_sent_before_any_consumer_came_wait_for_it()
    {
        TestSystem system = NewSystem();
        ITransport early = await ConnectAsync(system);
        await SendAsync(early, [.. system.Messages(20, number => $"k{number}")]);
        await early.DisposeAsync();

        ITransport late = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(late, system.Service);

        await Wait.For("all arrived", () => consumer.Deliveries.Count == 20);
        consumer.Deliveries.ShouldAllBe(delivery => !delivery.Redelivered);
    }

    [Fact]
    public async Task A_waiting_consumer_gets_what_another_process_sends()
    {
        TestSystem system = NewSystem(SystemTopology.DefaultPartitions); // Who has not declared a system takes it for one of the usual size.
        ITransport receiver = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(receiver, system.Service);
        await Wait.For("it owns all", () => consumer.Owned.Count == SystemTopology.DefaultPartitions);

        ITransport sender = await ConnectAsync();
        await SendAsync(sender, system.Message("hello", "k"));

        await Wait.For("it arrived", () => consumer.Deliveries.Count == 1);
        consumer.Deliveries[0].Partition.ShouldBe(system.PartitionOf("k"));
    }

    [Fact]
    public async Task Declaring_from_many_places_at_once_is_safe_and_declaring_again_changes_nothing()
    {
        TestSystem system = NewSystem();
        ITransport[] transports = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ConnectAsync()));

        await Task.WhenAll(transports.Select(transport => transport.DeclareAsync(system.Topology, Stop)));
        await SendAsync(transports[0], system.Message("1"));
        await transports[1].DeclareAsync(system.Topology, Stop);

        (await transports[2].DepthAsync(system.Service, Stop)).Messages.ShouldBe(1);
    }

    [Fact]
    public async Task A_binding_that_is_declared_no_more_vanishes_and_its_queue_keeps_what_it_has()
    {
        TestSystem system = NewSystem(SystemTopology.DefaultPartitions);
        ITransport transport = await ConnectAsync(system);
        await SendAsync(transport, system.Message("before"));

        await transport.DeclareAsync(new SystemTopology([new ServiceTopology(system.Publisher, [system.Contract], []), new ServiceTopology(system.Service, [], [])]), Stop);

        (await transport.SendAsync([system.Message("after")], Stop)).ShouldBe([SendOutcome.Unroutable]);
        (await transport.DepthAsync(system.Service, Stop)).Messages.ShouldBe(1);
    }

    [Fact]
    public async Task A_declaration_leaves_other_systems_alone()
    {
        TestSystem first = NewSystem();
        TestSystem second = NewSystem();
        ITransport transport = await ConnectAsync(first);

        await transport.DeclareAsync(second.Topology, Stop);

        await SendAsync(transport, first.Message("first"), second.Message("second"));
    }

    [Fact]
    public async Task Depth_counts_all_that_is_not_acknowledged_and_tells_the_age_of_the_oldest()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        (await transport.DepthAsync(system.Service, Stop)).ShouldBe(new QueueDepth(0, TimeSpan.Zero));
        await SendAsync(transport, [.. system.Messages(3, _ => "k")]);

        Consumer consumer = await ConsumeAsync(transport, system.Service, new Manners { Acks = false });
        await Wait.For("all are in hand", () => consumer.Deliveries.Count == 3);

        QueueDepth depth = await transport.DepthAsync(system.Service, Stop);
        depth.Messages.ShouldBe(3);
        depth.OldestAge.ShouldBeGreaterThan(TimeSpan.Zero);
        await consumer.Subscription.AckAsync([consumer.Deliveries[0]], Stop);
        (await transport.DepthAsync(system.Service, Stop)).Messages.ShouldBe(2);
        await consumer.Subscription.AckAsync(consumer.Deliveries, Stop);
        (await transport.DepthAsync(system.Service, Stop)).ShouldBe(new QueueDepth(0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(Breakage.NoId)]
    [InlineData(Breakage.NoType)]
    [InlineData(Breakage.BadHeaders)]
    public async Task What_cannot_be_read_as_a_message_is_delivered_as_malformed_and_blocks_nothing(Breakage breakage)
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await Harness.WriteBrokenAsync(system.Service, breakage);
        await SendAsync(transport, system.Message("good"));

        Consumer consumer = await ConsumeAsync(transport, system.Service);

        await Wait.For("both arrived", () => consumer.Deliveries.Count == 2);
        Delivery broken = consumer.Deliveries.Single(delivery => delivery.Message is null);
        broken.Malformed.ShouldNotBeNullOrWhiteSpace();
        Encoding.UTF8.GetString(broken.Raw.Span).ShouldBe("broken");
        await Wait.For("both are settled", async () => (await transport.DepthAsync(system.Service, Stop)).Messages == 0);
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_the_transport_goes_on()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        CancellationToken cancelled = new(canceled: true);

        await Should.ThrowAsync<OperationCanceledException>(() => transport.SendAsync([system.Message("no")], cancelled));
        await Should.ThrowAsync<OperationCanceledException>(() => transport.SubscribeAsync(system.Service, "no", 1, cancelled));
        await Should.ThrowAsync<OperationCanceledException>(() => transport.DepthAsync(system.Service, cancelled));

        await SendAsync(transport, system.Message("yes"));
        (await Harness.ConsumersAsync(system.Service)).ShouldBe(0);
    }

    [Fact]
    public async Task A_queue_that_was_not_declared_is_refused_by_name()
    {
        ITransport transport = await ConnectAsync();

        (await Should.ThrowAsync<InvalidOperationException>(() => transport.SubscribeAsync("no/such", "test", 1, Stop))).Message.ShouldContain("no/such");
        (await Should.ThrowAsync<InvalidOperationException>(() => transport.DepthAsync("no/such", Stop))).Message.ShouldContain("no/such");
    }

    [Fact]
    public async Task Many_senders_at_once_lose_nothing()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        Consumer consumer = await ConsumeAsync(transport, system.Service);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async sender =>
        {
            for (int batch = 0; batch < 10; batch++) await SendAsync(transport, [.. system.Messages(5, number => $"{sender}-{number}")]);
        }));

        await Wait.For("all arrived", () => consumer.Deliveries.Count == 400);
        consumer.Deliveries.Select(delivery => delivery.Message!.Id).Distinct().Count().ShouldBe(400);
    }

    private async Task<Delivery> FirstAsync(ITransport transport, TestSystem system)
    {
        Consumer consumer = await ConsumeAsync(transport, system.Service);
        await Wait.For("it arrived", () => consumer.Deliveries.Count > 0);
        return consumer.Deliveries[0];
    }
}
