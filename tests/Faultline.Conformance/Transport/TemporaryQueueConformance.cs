using System.Text;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>Broadcasts, and the queues that live as long as their process.</summary>
public abstract class TemporaryQueueConformance(TransportHarness harness) : TransportConformance(harness)
{
    [Fact]
    public async Task A_broadcast_reaches_every_instance_of_the_service_and_no_other()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        ITransport first = await ConnectAsync(system);
        ITransport second = await ConnectAsync(system);
        ITemporaryQueue one = Keep(await first.OpenTemporaryQueueAsync(system.Service, "1", Stop));
        ITemporaryQueue two = Keep(await second.OpenTemporaryQueueAsync(system.Service, "2", Stop));
        ITemporaryQueue other = Keep(await second.OpenTemporaryQueueAsync(system.Publisher, "3", Stop));
        Envelope message = system.Message("to all", "k") with { Headers = new Dictionary<string, string> { ["a"] = "b" } };

        await first.BroadcastAsync(system.Service, message, Stop);

        foreach (ITemporaryQueue queue in (ITemporaryQueue[])[one, two])
        {
            Envelope got = await ReadAsync(queue);
            got.Id.ShouldBe(message.Id);
            got.Headers.ShouldBe(message.Headers);
            Encoding.UTF8.GetString(got.Body.Span).ShouldBe("to all");
        }

        await first.BroadcastAsync(system.Publisher, system.Message("to the other"), Stop);
        Encoding.UTF8.GetString((await ReadAsync(other)).Body.Span).ShouldBe("to the other");
    }

    [Fact]
    public async Task Broadcasts_of_one_sender_arrive_in_their_order()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        ITemporaryQueue queue = Keep(await transport.OpenTemporaryQueueAsync(system.Service, "1", Stop));

        for (int number = 0; number < 50; number++) await transport.BroadcastAsync(system.Service, system.Message($"{number}"), Stop);

        for (int number = 0; number < 50; number++) Encoding.UTF8.GetString((await ReadAsync(queue)).Body.Span).ShouldBe($"{number}");
    }

    [Fact]
    public async Task A_broadcast_that_nobody_waits_for_is_gone()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);

        await transport.BroadcastAsync(system.Service, system.Message("early"), Stop);
        ITemporaryQueue queue = Keep(await transport.OpenTemporaryQueueAsync(system.Service, "1", Stop));
        await transport.BroadcastAsync(system.Service, system.Message("late"), Stop);

        Encoding.UTF8.GetString((await ReadAsync(queue)).Body.Span).ShouldBe("late");
    }

    [Fact]
    public async Task A_temporary_queue_is_gone_when_it_is_disposed()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        ITemporaryQueue queue = Keep(await transport.OpenTemporaryQueueAsync(system.Service, "1", Stop));
        (await Harness.TemporaryQueuesAsync(system.Service)).ShouldBe(1);

        await queue.DisposeAsync();

        await queue.Messages.Completion.WaitAsync(Wait.Limit, Stop);
        (await Harness.TemporaryQueuesAsync(system.Service)).ShouldBe(0);
        await transport.BroadcastAsync(system.Service, system.Message("to nobody"), Stop);
    }

    [Fact]
    public async Task A_temporary_queue_dies_with_its_process()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        (ITransport doomed, BrokerGate gate) = await ConnectThroughGateAsync();
        Keep(await doomed.OpenTemporaryQueueAsync(system.Service, "1", Stop));

        gate.Close();

        await Wait.For("the queue is swept", async () =>
        {
            // Whoever comes next sweeps what the dead left.
            await using ITemporaryQueue other = await transport.OpenTemporaryQueueAsync(system.Publisher, "2", Stop);
            return await Harness.TemporaryQueuesAsync(system.Service) == 0;
        });
    }

    [Fact]
    public async Task A_temporary_queue_is_opened_anew_after_a_lost_connection()
    {
        SkipUnlessPromised();
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        ITemporaryQueue queue = Keep(await transport.OpenTemporaryQueueAsync(system.Service, "1", Stop));

        await Harness.DropConnectionsAsync();

        await Wait.For("a broadcast arrives again", async () =>
        {
            try
            {
                await transport.BroadcastAsync(system.Service, system.Message("again"), Stop);
            }
            catch (TransportException)
            {
                return false;
            }

            return queue.Messages.TryRead(out _);
        });
    }

    private void SkipUnlessPromised() => Assert.SkipUnless(Harness.Traits.TemporaryQueues, "this transport has no temporary queues");

    private static async Task<Envelope> ReadAsync(ITemporaryQueue queue) => await queue.Messages.ReadAsync(Stop).AsTask().WaitAsync(Wait.Limit, Stop);
}
