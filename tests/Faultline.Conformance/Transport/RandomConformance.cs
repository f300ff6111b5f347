using System.Globalization;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;
using Faultline.Triggers;

namespace Faultline.Conformance.Transport;

/// <summary>Random histories: senders, consumers that acknowledge, give back, leave and die, and connections that break.</summary>
public abstract class RandomConformance(TransportHarness harness) : TransportConformance(harness)
{
    /// <summary>Set it to replay a seed that failed.</summary>
    public const string SeedVariable = "FAULTLINE_TEST_SEED";

    private const int Keys = 12;

    public static TheoryData<ulong> Seeds() =>
        ulong.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out ulong seed) ? [seed] : [1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_what_was_confirmed_is_delivered_and_first_deliveries_keep_the_order_of_their_key(ulong seed)
    {
        Assert.SkipUnless(Harness.Traits.OrdersByKey, "this transport promises no order");
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        List<Delivery> history = [];
        List<(RandomConsumer Consumer, BrokerGate Gate)> consumers = [await JoinAsync(system, seed, history)];
        Task<int> sending = Task.Run(() => SendAllAsync(transport, system, seed));

        Dice dice = new(seed);
        for (int step = 0; step < 12; step++)
        {
            int before = Count(history);
            await StepAsync(dice, consumers, () => JoinAsync(system, seed + (ulong)step + 100, history));
            await Wait.For($"seed {seed}: traffic goes on after step {step}", () => sending.IsCompleted || Count(history) > before + 5);
        }

        int sent = await sending;
        await Wait.For($"seed {seed}: all {sent} confirmed messages arrived", () =>
        {
            lock (history) return history.Select(delivery => delivery.Message!.Id).Distinct().Count() == sent;
        });
        lock (history) Order.ShouldRisePerKey(history);
        await Wait.For($"seed {seed}: the queue is empty", async () => (await transport.DepthAsync(system.Service, Stop)).Messages == 0);
    }

    private static int Count(List<Delivery> history)
    {
        lock (history) return history.Count;
    }

    private async Task StepAsync(Dice dice, List<(RandomConsumer Consumer, BrokerGate Gate)> consumers, Func<Task<(RandomConsumer, BrokerGate)>> join)
    {
        int victim = dice.Below(consumers.Count);
        switch (dice.Below(5))
        {
            case 0 when consumers.Count < 4:
            case 1 when consumers.Count < 4:
                consumers.Add(await join());
                break;
            case 2 when consumers.Count > 1:
                await consumers[victim].Consumer.DisposeAsync();
                consumers.RemoveAt(victim);
                break;
            case 3 when consumers.Count > 1:
                consumers[victim].Gate.Close(); // It dies with what it has in hand, and never comes back.
                consumers.RemoveAt(victim);
                break;
            default:
                await Harness.DropConnectionsAsync();
                break;
        }
    }

    private async Task<(RandomConsumer Consumer, BrokerGate Gate)> JoinAsync(TestSystem system, ulong seed, List<Delivery> history)
    {
        (ITransport transport, BrokerGate gate) = await ConnectThroughGateAsync();
        ISubscription subscription = await transport.SubscribeAsync(system.Service, $"{seed}", 15, Stop);
        return (Keep(new RandomConsumer(subscription, new Dice(seed), history)), gate);
    }

    // One sender, which confirms a message of a key before it sends the next one of that key: that is what the order rests on.
    private static async Task<int> SendAllAsync(ITransport transport, TestSystem system, ulong seed)
    {
        Dice dice = new(seed ^ 0xABCDEF);
        int number = 0;
        while (number < 1500)
        {
            int first = number;
            List<Envelope> batch = [.. Enumerable.Range(0, dice.Between(1, Keys)).Select(offset => system.Message($"{first + offset}", $"k{(first + offset) % Keys}"))];
            number += batch.Count;
            await Wait.For("the batch is confirmed", async () =>
            {
                try
                {
                    return (await transport.SendAsync(batch, Stop)).All(outcome => outcome == SendOutcome.Confirmed);
                }
                catch (TransportException)
                {
                    return false; // Unknown: it is sent again, and may come twice.
                }
            });
        }

        return number;
    }

    private sealed class RandomConsumer : IAsyncDisposable
    {
        private readonly ISubscription _subscription;
        private readonly Dice _dice;
        private readonly List<Delivery> _history;
        private readonly List<Delivery> _hand = [];
        private readonly HashSet<int> _revoking = [];
        private readonly Task _running;

        public RandomConsumer(ISubscription subscription, Dice dice, List<Delivery> history)
        {
            (_subscription, _dice, _history) = (subscription, dice, history);
            _running = Task.Run(RunAsync);
        }

        public async ValueTask DisposeAsync()
        {
            await _subscription.DisposeAsync();
            await _running.WaitAsync(Wait.Limit); // A request that is never answered is a failure, and no reason to hang.
        }

        private async Task RunAsync()
        {
            await foreach (SubscriptionEvent happened in _subscription.Events.ReadAllAsync())
            {
                switch (happened)
                {
                    case SubscriptionEvent.Delivered delivered:
                        lock (_history) _history.AddRange(delivered.Deliveries);
                        _hand.AddRange(delivered.Deliveries);
                        break;
                    case SubscriptionEvent.Lost lost:
                        _hand.RemoveAll(delivery => delivery.Partition == lost.Partition);
                        _revoking.Remove(lost.Partition);
                        break;
                    case SubscriptionEvent.Revoking revoking:
                        _revoking.Add(revoking.Partition);
                        break;
                }

                await SettleAsync();
            }
        }

        // Gives some back, settles the rest: as a consumer that has nothing in hand it may then release.
        private async Task SettleAsync()
        {
            try
            {
                while (_hand.Count > 0)
                {
                    List<Delivery> back = [.. _hand.Where(delivery => !_revoking.Contains(delivery.Partition) && _dice.Chance(0.1))];
                    List<Delivery> done = [.. _hand.Except(back)];
                    _hand.Clear();
                    await _subscription.RequeueAsync(back, CancellationToken.None);
                    await _subscription.AckAsync(done, CancellationToken.None);
                }

                foreach (int partition in _revoking.ToList())
                {
                    await _subscription.ReleaseAsync(partition, CancellationToken.None);
                    _revoking.Remove(partition);
                }
            }
            catch (TransportException)
            {
                _hand.Clear(); // They come again.
            }
        }
    }
}
