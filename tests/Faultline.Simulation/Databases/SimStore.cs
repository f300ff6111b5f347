using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Databases;

/// <summary>The store as one process sees it.</summary>
internal sealed class SimStore(Database database, string instance, string owner, Wire wire, SimElection election) : IMessageStore
{
    public async ValueTask<IStoreUnit> BeginAsync(bool transactional, CancellationToken stop) => await CallAsync("begin", () =>
    {
        Session session = database.Connect(owner);
        if (transactional) session.Open = new Tx(database);
        return Task.FromResult<IStoreUnit>(new SimUnit(database, session, instance, wire));
    }, stop);

    public Task<OutboxPage> ReadOutboxAsync(OutboxRead read, CancellationToken stop) => CallAsync("read outbox", async () =>
    {
        OutboxSnapshot seen = database.Snapshot;
        // The rows come from a snapshot of their own, which is younger.
        await Task.Yield();
        OutboxRow[] late = [.. database.Outbox.Values.Where(row => row.Id <= read.After && !read.Seen.Saw(database.OutboxWriters[row.Id]))];
        if (late.Length > read.RowsMax) return new OutboxPage([], null);
        return new OutboxPage([.. late, .. database.Outbox.Values.Where(row => row.Id > read.After).Take(read.RowsMax - late.Length)], seen);
    }, stop);

    public Task DeleteOutboxAsync(IReadOnlyList<long> ids, CancellationToken stop) => election.InSessionAsync("delete outbox", session =>
    {
        database.RequireLeader(session);
        foreach (long id in ids) database.Outbox.Remove(id);
        return 0UL;
    });

    public Task DeadLetterOutboxAsync(IReadOnlyList<OutboxRow> rows, string reason, CancellationToken stop) => election.InSessionAsync("dead-letter outbox", session =>
    {
        database.RequireLeader(session);
        foreach (OutboxRow row in rows.Where(row => database.Outbox.Remove(row.Id)))
        {
            database.DeadLetters.Add((new DeadLetterRequest(row.Message, default, reason, 1, [reason], 0), Outgoing: true));
        }

        return 0UL;
    });

    public Task FireScheduledAsync(ScheduleFire fire, CancellationToken stop) => CallAsync("fire schedule", () => database.InTransactionAsync(async tx =>
    {
        foreach (Guid id in fire.Due.Select(message => message.Id).Order()) await database.Locks.TakeAsync(tx, $"row {id}", 0, exclusive: true);
        List<Envelope> due = [.. fire.Due.Where(message => database.Schedule.ContainsKey(message.Id))];
        await database.PublishAsync(tx, [.. due, .. fire.Copies.Where(copy => due.Exists(message => message.Id == copy.Id))], [], instance);
        foreach (Envelope message in due)
        {
            tx.OnCommit(() =>
            {
                database.Firings.Add(new ScheduleFiring(message.Id, database.Schedule[message.Id].Row.DueAt, database.World.UtcNow));
                // The planted bug removes the row in a transaction of its own, which may not happen.
                if (!database.Plant.FiresTwice || database.World.Dice.Chance(0.8)) database.Unschedule(message.Id);
            });
        }

        foreach (Envelope message in fire.Skipped) tx.OnCommit(() => database.Unschedule(message.Id));
        return 0;
    }), stop);

    public Task<IReadOnlyList<ScheduledRow>> ReadScheduleAsync(int rowsMax, CancellationToken stop) => CallAsync<IReadOnlyList<ScheduledRow>>("read schedule", () =>
        Task.FromResult<IReadOnlyList<ScheduledRow>>([.. database.Schedule.Values.Select(waiting => waiting.Row).OrderBy(row => row.DueAt).ThenBy(row => row.Message.Id).Take(rowsMax)]), stop);

    public Task<Ownership> TakePartitionsAsync(IReadOnlyList<int> partitions, string owning, CancellationToken stop) => CallAsync("take partitions", async () =>
    {
        int[] wanted = [.. partitions.Order()];
        Dictionary<int, long> epochs = await database.InTransactionAsync(async tx =>
        {
            foreach (int partition in wanted) await database.Locks.TakeAsync(tx, "partition", partition, exclusive: true);
            tx.Write();
            Dictionary<int, long> taken = wanted.ToDictionary(partition => partition, partition => database.Owners.GetValueOrDefault(partition).Epoch + 1);
            tx.OnCommit(() => { foreach ((int partition, long epoch) in taken) database.Owners[partition] = (epoch, owning); });
            return taken;
        });
        await Task.Yield();
        return new Ownership(epochs, database.Lanes(wanted));
    }, stop);

    public Task<IReadOnlyList<ParkedLane>> ReadLanesAsync(IReadOnlyList<int> partitions, CancellationToken stop) => CallAsync("read lanes", () => Task.FromResult(database.Lanes(partitions)), stop);

    public Task<int> BeginAloneAsync(Guid messageId, int survived, CancellationToken stop) => CallAsync($"begin alone {messageId}", () =>
    {
        int before = Math.Max(database.Handling.GetValueOrDefault(messageId) - survived, 0);
        database.Handling[messageId] = before + 1;
        return Task.FromResult(before);
    }, stop);

    public Task EndAloneAsync(Guid messageId, CancellationToken stop) => CallAsync($"end alone {messageId}", () =>
    {
        if (database.Handling.TryGetValue(messageId, out int begun) && begun > 1) database.Handling[messageId] = begun - 1;
        else database.Handling.Remove(messageId);
        return Task.FromResult(0);
    }, stop);

    public Task ParkAsync(IReadOnlyList<ParkRequest> rows, CancellationToken stop) => CallAsync($"park {rows.Count}", () =>
    {
        foreach (ParkRequest row in rows) database.Park(row);
        return Task.FromResult(0);
    }, stop);

    public Task<IReadOnlyList<ParkedRow>> ReadParkedAsync(ParkedLane lane, int rowsMax, CancellationToken stop) => CallAsync<IReadOnlyList<ParkedRow>>("read parked", () =>
        Task.FromResult<IReadOnlyList<ParkedRow>>([
            .. database.Parked.Values.Where(row => row.Partition == lane.Partition && (lane.Key is null ? row.Message.Id == lane.MessageId : row.Message.Key == lane.Key)).Take(rowsMax),
        ]), stop);

    public Task ReparkAsync(ParkedRow row, CancellationToken stop) => CallAsync("repark", () =>
    {
        if (database.Parked.Values.FirstOrDefault(known => known.Message.Id == row.Message.Id) is { } there)
        {
            database.Parked[there.Id] = there with { Attempt = row.Attempt, DueAt = row.DueAt, History = row.History };
        }

        database.Handling.Remove(row.Message.Id);
        return Task.FromResult(0);
    }, stop);

    public Task DeadLetterAsync(DeadLetterRequest letter, CancellationToken stop) => CallAsync("dead letter", () => database.InTransactionAsync(async tx =>
    {
        if (letter.Message is { } message)
        {
            bool entered = database.Plant.CopiesDeadLetters || await database.Inbox.TryInsertAsync(tx, message.Id, () => database.World.Now);
            tx.OnCommit(() =>
            {
                if (entered && !database.DeadLetters.Exists(dead => dead.Letter.Message?.Id == message.Id)) database.DeadLetters.Add((letter, Outgoing: false));
                if (!database.Plant.CopiesDeadLetters) database.Unpark(message.Id);
            });
            return 0;
        }

        tx.OnCommit(() =>
        {
            if (!database.DeadLetters.Exists(dead => dead.Letter.Message is null && dead.Letter.Tag == letter.Tag)) database.DeadLetters.Add((letter, Outgoing: false));
        });
        return 0;
    }), stop);

    public Task ForgetParkedAsync(Guid messageId, CancellationToken stop) => CallAsync("forget parked", () =>
    {
        database.Unpark(messageId);
        return Task.FromResult(0);
    }, stop);

    public Task CountInjectedAsync(IReadOnlyList<Envelope> messages, CancellationToken stop) => CallAsync("count injected", () => Task.FromResult(0), stop);

    public Task<int> TrimAsync(TimeSpan olderThan, CancellationToken stop) => CallAsync("trim inbox", () => Task.FromResult(database.Inbox.RemoveOlder(database.World.Now - olderThan)), stop);

    private async Task<T> CallAsync<T>(string what, Func<Task<T>> serve, CancellationToken stop)
    {
        try
        {
            return await wire.CallAsync(what, serve, problem => new StoreException(problem), stop);
        }
        catch (Exception error) when (error is SimDatabaseException or SessionOverException)
        {
            throw new StoreException($"{what} failed: {error.Message}", error);
        }
    }
}
