using System.Globalization;
using System.Text;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>Logs of events: what is sent is kept, and can be read from any offset as often as wanted.</summary>
public abstract class StreamConformance(TransportHarness harness) : TransportConformance(harness)
{
    [Fact]
    public async Task What_is_sent_is_in_the_queue_and_in_the_stream()
    {
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        Envelope message = system.Message("both", "k") with { CorrelationId = "op", Headers = new Dictionary<string, string> { ["a"] = "b" } };
        Consumer consumer = await ConsumeAsync(transport, system.Service);

        await SendAsync(transport, message);

        Envelope kept = (await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 1))[0].Message!;
        (kept.Id, kept.Key, kept.CorrelationId, kept.Publisher, kept.IsIntact).ShouldBe((message.Id, "k", "op", system.Publisher, true));
        kept.Headers.ShouldBe(message.Headers);
        await Wait.For("it came to the consumer too", () => consumer.Deliveries.Count == 1);
    }

    [Fact]
    public async Task A_type_that_no_queue_takes_is_kept_and_confirmed()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem(SystemTopology.DefaultPartitions);
        StreamTopology stream = new($"{system.Publisher}/events");
        ITransport transport = await ConnectAsync(system);
        await transport.DeclareAsync(new SystemTopology([new ServiceTopology(system.Publisher, [system.Contract], []), new ServiceTopology(system.Service, [], [])]) { Stream = stream }, Stop);

        await SendAsync(transport, system.Message("only kept"));

        Texts(await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 1)).ShouldBe(["only kept"]);
    }

    [Fact]
    public async Task A_type_that_the_stream_does_not_keep_is_not_in_it()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        StreamTopology stream = new($"{system.Publisher}/events") { Types = [$"{system.Type}.kept"] };
        SystemTopology topology = new(
            [new ServiceTopology(system.Publisher, [system.Contract, new($"{system.Type}.kept", 1)], []), new ServiceTopology(system.Service, [], [system.Contract])], 4)
        { Stream = stream };
        ITransport transport = await ConnectAsync();
        await transport.DeclareAsync(topology, Stop);

        await SendAsync(transport, system.Message("not kept"), system.Message("kept") with { Type = $"{system.Type}.kept" });

        Texts(await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 1)).ShouldBe(["kept"]);
    }

    [Fact]
    public async Task A_reader_replays_from_0_from_any_offset_and_from_the_next_event_on()
    {
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        IStreamReader early = await OpenAsync(transport, stream, new StreamStart.At(0));
        await SendAsync(transport, system.Messages(30, number => $"k{number % 3}"));
        IReadOnlyList<StreamEvent> all = await TakeAsync(early, 30);
        IStreamReader next = await OpenAsync(transport, stream, new StreamStart.Next());

        await SendAsync(transport, system.Message("30", "k0"));

        Texts(all).ShouldBe(Enumerable.Range(0, 30).Select(number => $"{number}"));
        all.Zip(all.Skip(1), (one, other) => other.Offset - one.Offset).ShouldAllBe(step => step >= 1);
        Texts(await TakeAsync(await OpenAsync(transport, stream, new StreamStart.At(0)), 31)).ShouldBe(Enumerable.Range(0, 31).Select(number => $"{number}"));
        Texts(await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 31)).ShouldBe(Enumerable.Range(0, 31).Select(number => $"{number}"));
        Texts(await TakeAsync(await OpenAsync(transport, stream, new StreamStart.At(all[20].Offset)), 11)).ShouldBe(Enumerable.Range(20, 11).Select(number => $"{number}"));
        Texts(await TakeAsync(next, 1)).ShouldBe(["30"]);
        Texts(await TakeAsync(early, 1)).ShouldBe(["30"]);
    }

    [Fact]
    public async Task A_reader_that_has_read_everything_goes_on_with_what_comes_after_a_restart()
    {
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        await SendAsync(transport, system.Messages(5, _ => "k"));
        IReadOnlyList<StreamEvent> read = await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 5);

        IStreamReader again = await OpenAsync(transport, stream, new StreamStart.At(read[^1].Offset + 1));
        await SendAsync(transport, system.Message("5", "k"));

        Texts(await TakeAsync(again, 1)).ShouldBe(["5"]);
    }

    [Fact]
    public async Task Several_readers_do_not_disturb_each_other_and_reading_takes_nothing_out()
    {
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        await SendAsync(transport, system.Messages(1_200, number => $"k{number % 7}"));
        string[] expected = [.. Enumerable.Range(0, 1_200).Select(number => $"{number}")];

        IReadOnlyList<StreamEvent>[] read = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 1_200)));

        read.ShouldAllBe(events => Texts(events).SequenceEqual(expected));
        read.ShouldAllBe(events => events.Select(item => item.Offset).SequenceEqual(read[0].Select(item => item.Offset)), "an event has one offset for all");
    }

    [Fact]
    public async Task Of_senders_at_the_same_time_no_event_is_skipped_and_each_key_keeps_its_order()
    {
        const int Senders = 6, Batches = 25, Each = 4;
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        ITransport other = await ConnectAsync();
        await other.DeclareAsync(TopologyOf(system, stream), Stop);
        IStreamReader live = await OpenAsync(transport, stream, new StreamStart.First());

        Task sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            for (int batch = 0; batch < Batches; batch++)
            {
                await SendAsync(sender % 2 == 0 ? transport : other, [.. Enumerable.Range(batch * Each, Each).Select(number => system.Message($"{number}", $"k{sender}"))]);
            }
        }));
        IReadOnlyList<StreamEvent> seen = await TakeAsync(live, Senders * Batches * Each);
        await sending;

        foreach (IGrouping<string?, StreamEvent> key in seen.GroupBy(item => item.Message!.Key)) Texts(key).ShouldBe(Enumerable.Range(0, Batches * Each).Select(number => $"{number}"), key.Key);
        IReadOnlyList<StreamEvent> replayed = await TakeAsync(await OpenAsync(transport, stream, new StreamStart.At(0)), seen.Count);
        replayed.Select(item => (item.Offset, item.Message!.Id)).ShouldBe(seen.Select(item => (item.Offset, item.Message!.Id)));
    }

    [Fact]
    public async Task A_message_that_is_sent_again_stands_there_again_with_the_same_id()
    {
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        Envelope message = system.Message("twice", "k");

        await SendAsync(transport, message);
        await SendAsync(transport, message);

        (await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 2)).Select(item => item.Message!.Id).ShouldBe([message.Id, message.Id]);
    }

    [Fact]
    public async Task What_was_forgotten_is_said_and_never_silently_left_out()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        StreamTopology stream = new($"{system.Publisher}/events") { BytesMax = 64 * 1024 };
        ITransport transport = await ConnectAsync();
        await transport.DeclareAsync(TopologyOf(system, stream), Stop);
        string filling = new('x', 1_000);
        for (int batch = 0; batch < 30; batch++) await SendAsync(transport, [.. Enumerable.Range(0, 10).Select(_ => system.Message(filling, "k"))]);
        await Wait.For("the oldest are forgotten", async () => await FirstOffsetAsync(transport, stream) > 100);

        StreamRangeException refused = await Should.ThrowAsync<StreamRangeException>(async () => await TakeAsync(await OpenAsync(transport, stream, new StreamStart.At(0)), 1));

        refused.Requested.ShouldBe(0);
        refused.Message.ShouldContain("offset 0 was asked for");
        await Wait.For("what is kept can be read from its place", async () =>
        {
            long wanted = await FirstOffsetAsync(transport, stream) + 3;
            try
            {
                return (await TakeAsync(await OpenAsync(transport, stream, new StreamStart.At(wanted)), 1))[0].Offset >= wanted;
            }
            catch (StreamRangeException)
            {
                return false; // It was forgotten meanwhile.
            }
        });
    }

    [Fact]
    public async Task An_offset_behind_the_end_is_refused()
    {
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        await SendAsync(transport, system.Messages(3, _ => "k"));
        await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 3);

        StreamRangeException refused = await Should.ThrowAsync<StreamRangeException>(async () => await OpenAsync(transport, stream, new StreamStart.At(1_000)));

        refused.Message.ShouldContain("offset 1000 was asked for");
    }

    [Fact]
    public async Task A_stream_that_is_not_declared_is_named()
    {
        (ITransport transport, _, _) = await BeginAsync();

        (await Should.ThrowAsync<InvalidOperationException>(() => ((IEventStreams)transport).OpenStreamAsync("no/such", new StreamStart.First(), Stop))).Message.ShouldContain("no/such");
    }

    [Fact]
    public async Task A_reader_goes_on_where_it_was_when_its_connection_broke()
    {
        (ITransport transport, TestSystem system, StreamTopology stream) = await BeginAsync();
        IStreamReader reader = await OpenAsync(transport, stream, new StreamStart.First());
        await SendAsync(transport, system.Messages(10, _ => "k"));
        await TakeAsync(reader, 10);

        await Harness.DropConnectionsAsync();
        await Wait.For("sent again", async () =>
        {
            try
            {
                await SendAsync(transport, system.Message("10", "k"));
                return true;
            }
            catch (TransportException)
            {
                return false;
            }
        });

        Texts(await TakeAsync(reader, 1)).ShouldBe(["10"]);
    }

    private async Task<(ITransport Transport, TestSystem System, StreamTopology Stream)> BeginAsync()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        StreamTopology stream = new($"{system.Publisher}/events");
        ITransport transport = await ConnectAsync();
        await transport.DeclareAsync(TopologyOf(system, stream), Stop);
        return (transport, system, stream);
    }

    private async Task<IStreamReader> OpenAsync(ITransport transport, StreamTopology stream, StreamStart start) => Keep(await ((IEventStreams)transport).OpenStreamAsync(stream.Name, start, Stop));

    private async Task<long> FirstOffsetAsync(ITransport transport, StreamTopology stream) => (await TakeAsync(await OpenAsync(transport, stream, new StreamStart.First()), 1))[0].Offset;

    /// <summary>Reads until so many are there; a broken connection is tried again, as a projection does.</summary>
    private static async Task<IReadOnlyList<StreamEvent>> TakeAsync(IStreamReader reader, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(Wait.Limit);
        List<StreamEvent> events = [];
        while (events.Count < count)
        {
            try
            {
                events.AddRange(await reader.ReadAsync(limit.Token));
            }
            catch (TransportException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
            }
            catch (OperationCanceledException late) when (!Stop.IsCancellationRequested)
            {
                throw new TimeoutException($"{events.Count} of {count} events came: {string.Join(", ", Texts(events).TakeLast(5))}", late);
            }
        }

        return events;
    }

    private static SystemTopology TopologyOf(TestSystem system, StreamTopology stream) => new(system.Topology.Services, 4) { Stream = stream };

    private static IEnumerable<string> Texts(IEnumerable<StreamEvent> events) =>
        events.Select(item => item.Message is { } message ? Encoding.UTF8.GetString(message.Body.Span) : string.Create(CultureInfo.InvariantCulture, $"malformed at {item.Offset}: {item.Malformed}"));

    private void SkipUnlessPromised() => Assert.SkipUnless(Harness.Traits.Streams, "this transport keeps no streams");
}
