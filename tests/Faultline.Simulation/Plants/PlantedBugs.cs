using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;

namespace Faultline.Simulation.Plants;

/// <summary>Bugs that real systems had, each as a variation of what the core is given. The simulation must find every one.</summary>
internal static class PlantedBugs
{
    private static readonly OutboxSnapshot Everything = new(ulong.MaxValue, []);

    public static IReadOnlyList<Plant> All { get; } =
    [
        new("inbox marked before the business commit") { InboxCommitsAlone = true },
        new("row deleted before the broker confirms") { Transport = transport => new ConfirmsAtOnce(transport) },
        new("two messages of one key under way at once") { Store = store => new HidesKeys(store), Transport = transport => new RestoresKeys(transport) },
        new("no fencing") { Store = store => new DoesNotFence(store) },
        new("acknowledged before the commit") { AcksOnDelivery = true },
        new("inbox forgets too early") { InboxForgetsAfter = TimeSpan.FromMilliseconds(300) },
        new("a late row with a low id is never read") { Store = store => new ReadsUpwardsOnly(store) },
        new("late rows are looked for now and then") { Store = store => new LooksBackSeldom(store) },
        new("delete up to an id instead of by ids") { Store = store => new DeletesUpTo(store) },
        new("a later message overtakes a parked one") { Store = store => new ParksWithoutKey(store) },
        new("a dead letter is copied and not settled") { CopiesDeadLetters = true },
        new("a scheduled message is removed in a second transaction") { FiresTwice = true },
        new("two leaders, deletes outside of the session") { TwoLeaders = true },
        new("a wake-up is lost and nobody looks") { LosesWakeUps = true },
        new("the slot of a key depends on the process") { SlotPerProcess = true },
        new("a duplicate within one batch is handled twice") { HandlesDuplicatesInBatch = true },
        new("what comes back goes to the end of the queue") { ReturnsToTheBack = true },
        new("a park whose outcome is unknown counts as done") { Store = store => new BelievesInParking(store) },
    ];

    /// <summary>Says confirmed, and sends meanwhile.</summary>
    private sealed class ConfirmsAtOnce(ITransport inner) : TransportWrapper(inner)
    {
        public override Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop)
        {
            _ = SendBehindAsync(batch);
            return Task.FromResult<IReadOnlyList<SendOutcome>>([.. batch.Select(_ => SendOutcome.Confirmed)]);
        }

        private async Task SendBehindAsync(IReadOnlyList<Envelope> batch)
        {
            try
            {
                await Inner.SendAsync(batch, CancellationToken.None);
            }
            catch (TransportException)
            {
                // The planted bug: nobody is told.
                return;
            }
        }
    }

    /// <summary>Shows the relay rows without keys, so that it sends them side by side.</summary>
    private sealed class HidesKeys(IMessageStore inner) : StoreWrapper(inner)
    {
        public override async Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop)
        {
            OutboxPage page = await Inner.ReadOutboxAsync(read, stop);
            return page with { Rows = [.. page.Rows.Select(row => row with { Message = Hide(row.Message) })] };
        }

        private static Envelope Hide(Envelope message) => message.Key is null ? message
            : message with { Key = null, Headers = new Dictionary<string, string>(message.Headers) { [RestoresKeys.Header] = message.Key } };
    }

    private sealed class RestoresKeys(ITransport inner) : TransportWrapper(inner)
    {
        public const string Header = "hidden-key";

        public override Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop) =>
            Inner.SendAsync([.. batch.Select(message => message.Headers.TryGetValue(Header, out string? key) ? message with { Key = key } : message)], stop);
    }

    private sealed class DoesNotFence(IMessageStore inner) : StoreWrapper(inner)
    {
        public override async ValueTask<IStoreUnit> BeginAsync(bool transactional, CancellationToken stop) => new Unit(await Inner.BeginAsync(transactional, stop));

        private sealed class Unit(IStoreUnit inner) : UnitWrapper(inner)
        {
            public override Task<bool[]> EnterAsync(InboxEntry entry, CancellationToken stop) => Inner.EnterAsync(entry with { Epochs = new Dictionary<int, long>() }, stop);
        }
    }

    private sealed class ReadsUpwardsOnly(IMessageStore inner) : StoreWrapper(inner)
    {
        public override Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop) => Inner.ReadOutboxAsync(read with { Seen = Everything }, stop);
    }

    /// <summary>Nothing is lost, but a later row of a key is read before a late one.</summary>
    private sealed class LooksBackSeldom(IMessageStore inner) : StoreWrapper(inner)
    {
        private int _reads;

        public override async Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop)
        {
            if (++_reads % 4 == 0) return await Inner.ReadOutboxAsync(read, stop);
            return await Inner.ReadOutboxAsync(read with { Seen = Everything }, stop) with { Seen = read.Seen };
        }
    }

    private sealed class DeletesUpTo(IMessageStore inner) : StoreWrapper(inner)
    {
        public override async Task DeleteOutboxAsync(IReadOnlyList<long> ids, CancellationToken stop)
        {
            OutboxPage below = await Inner.ReadOutboxAsync(new OutboxRead(0, OutboxSnapshot.Nothing, int.MaxValue), stop);
            await Inner.DeleteOutboxAsync([.. below.Rows.Select(row => row.Id).Where(id => id <= ids.Max())], stop);
        }
    }

    private sealed class ParksWithoutKey(IMessageStore inner) : StoreWrapper(inner)
    {
        public override Task ParkAsync(IReadOnlyList<ParkRequest> rows, CancellationToken stop) => Inner.ParkAsync([.. rows.Select(row => row with { Message = row.Message with { Key = null } })], stop);
    }

    private sealed class BelievesInParking(IMessageStore inner) : StoreWrapper(inner)
    {
        public override async Task ParkAsync(IReadOnlyList<ParkRequest> rows, CancellationToken stop)
        {
            try
            {
                await Inner.ParkAsync(rows, stop);
            }
            catch (StoreException)
            {
                // The planted bug: it may not have happened.
                return;
            }
        }
    }
}
