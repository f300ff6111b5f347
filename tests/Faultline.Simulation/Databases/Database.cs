using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Store;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Databases;

/// <summary>A row that a handler or a request writes for the business: what can be counted.</summary>
internal sealed record Effect(string Service, Guid? MessageId, int Number);

/// <summary>What moved from the schedule to the outbox, and when.</summary>
internal sealed record ScheduleFiring(Guid MessageId, DateTimeOffset DueAt, DateTimeOffset FiredAt);

/// <summary>The database of one service: committed rows, open transactions, locks. Everything here runs in the servers' context.</summary>
internal sealed partial class Database(World world, string service, int partitions, Plant plant)
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(6);

    private readonly SortedSet<ulong> _writing = [];
    private readonly List<Session> _sessions = [];
    private ulong _lastTransaction = 100;
    private long _lastOutboxId;
    private long _lastParkedId;

    public World World { get; } = world;

    public string Service { get; } = service;

    public Plant Plant { get; } = plant;

    public Locks Locks { get; } = new();

    public UniqueIndex<Guid> Inbox { get; } = new();

    public UniqueIndex<string> ScheduleNames { get; } = new();

    public SortedDictionary<long, OutboxRow> Outbox { get; } = [];

    /// <summary>Which transaction wrote a row of the outbox.</summary>
    public Dictionary<long, ulong> OutboxWriters { get; } = [];

    public SortedDictionary<long, ParkedRow> Parked { get; } = [];

    public Dictionary<Guid, (ScheduledRow Row, string? Name)> Schedule { get; } = [];

    public Dictionary<Guid, int> Handling { get; } = [];

    public Dictionary<int, (long Epoch, string Instance)> Owners { get; } = [];

    /// <summary>Dead letters, oldest first, and whether they never left this service.</summary>
    public List<(DeadLetterRequest Letter, bool Outgoing)> DeadLetters { get; } = [];

    /// <summary>Business rows in the order of their commits.</summary>
    public List<Effect> Effects { get; } = [];

    /// <summary>Every message whose transaction committed, in the order of those commits within a key.</summary>
    public List<Envelope> Published { get; } = [];

    /// <summary>Messages whose transaction was undone.</summary>
    public HashSet<Guid> Undone { get; } = [];

    public List<ScheduleFiring> Firings { get; } = [];

    /// <summary>Every scheduled message whose transaction committed.</summary>
    public List<ScheduledMessage> Scheduled { get; } = [];

    /// <summary>Scheduled messages that were taken back or replaced while they waited.</summary>
    public HashSet<Guid> Cancelled { get; } = [];

    /// <summary>What cannot be if the core keeps to its design; each is a violation.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>Transactions elsewhere in the cluster that are open and hold the oldest running one back.</summary>
    public SortedSet<ulong> Foreign { get; } = [];

    /// <summary>The chance that word to the leader is lost.</summary>
    public double LostWakeUps { get; set; } = 0.05;

    /// <summary>Whether handlings must be the owner's: while the <c>ordering</c> guard is on.</summary>
    public bool RequiresOwner { get; set; } = true;

    public OutboxSnapshot Snapshot => new(_lastTransaction + 1, [.. _writing, .. Foreign]);

    public ulong BeginWriting()
    {
        _writing.Add(++_lastTransaction);
        return _lastTransaction;
    }

    public void EndWriting(ulong transaction) => _writing.Remove(transaction);

    public void Forget(Session session) => _sessions.Remove(session);

    public Session Connect(string owner)
    {
        var session = new Session(this, owner);
        _sessions.Add(session);
        return session;
    }

    /// <summary>The connections of a process broke: the server notices each after a while of its own.</summary>
    public void Disconnect(string owner, Func<TimeSpan> noticed)
    {
        foreach (Session session in _sessions.Where(session => session.Owner == owner).ToArray()) World.After(noticed(), World.Server, session.End);
        if (Leader is { IsOver: false } leader && leader.Owner == owner) World.After(noticed(), World.Server, leader.End);
    }

    /// <summary>Runs one statement of a session: in its transaction, or in one of its own when there is none.</summary>
    public async Task<T> RunAsync<T>(Session session, Func<Tx, Task<T>> statement)
    {
        if (session.IsOver) throw new SessionOverException();
        if (session.Open is { IsOver: true }) throw new SimDatabaseException("current transaction is aborted");
        session.IdleSince = null;
        Tx tx = session.Open ?? new Tx(this);
        try
        {
            T result = await statement(tx);
            if (session.Open is null) tx.End(commit: true);
            return result;
        }
        catch
        {
            tx.End(commit: false);
            throw;
        }
        finally
        {
            session.IdleSince = World.Now;
            if (session.Open is not null) World.After(IdleMax, World.Server, () => EndWhenIdle(session));
        }
    }

    /// <summary>Runs a transaction that the server sees as a whole.</summary>
    public async Task<T> InTransactionAsync<T>(Func<Tx, Task<T>> work)
    {
        var tx = new Tx(this);
        try
        {
            T result = await work(tx);
            tx.End(commit: true);
            return result;
        }
        catch
        {
            tx.End(commit: false);
            throw;
        }
    }

    public void Commit(Session session)
    {
        if (session.IsOver) throw new SessionOverException();
        if (session.Open is not { } tx) return;
        if (tx.IsOver) throw new SimDatabaseException("current transaction is aborted");
        session.Open = null;
        tx.End(commit: true);
    }

    /// <summary>Stores messages, in their order, in a transaction that ends later: ids are drawn now.</summary>
    public async Task PublishAsync(Tx tx, IReadOnlyList<Envelope> outbox, IReadOnlyList<Envelope> audited, string instance)
    {
        if (outbox.Count > 0) tx.Write();
        IEnumerable<int> slots = outbox.Concat(audited).Where(message => message.Key is not null).Select(message => SlotOf(message.Key!, instance)).Distinct().Order();
        foreach (int slot in slots) await Locks.TakeAsync(tx, "slot", slot, exclusive: true);
        foreach (Envelope message in outbox)
        {
            long id = ++_lastOutboxId;
            tx.OnCommit(() => (Outbox[id], OutboxWriters[id]) = (new OutboxRow(id, message), tx.Id));
        }

        foreach (Envelope message in outbox.DistinctBy(message => message.Id).Concat(audited))
        {
            tx.OnCommit(() => Published.Add(message));
            tx.OnUndo(() => Undone.Add(message.Id));
        }
    }

    public void Park(ParkRequest request)
    {
        Handling.Remove(request.Message.Id);
        if (Parked.Values.Any(row => row.Message.Id == request.Message.Id)) return;
        long id = ++_lastParkedId;
        Parked.Add(id, new ParkedRow(id, request.Partition, request.Message, request.Attempt, request.DueAt, request.Reason is null ? [] : [request.Reason]));
    }

    public void Unpark(Guid messageId)
    {
        foreach (ParkedRow row in Parked.Values.Where(row => row.Message.Id == messageId).ToArray()) Parked.Remove(row.Id);
        Handling.Remove(messageId);
    }

    /// <summary>The design's assertion: a consumer that was paused and resumed cannot commit. It stands even where the inbox would swallow the harm.</summary>
    public void RequireOwner(string instance, IReadOnlyList<Envelope> messages)
    {
        if (!RequiresOwner) return;
        foreach (Envelope message in messages)
        {
            int partition = KeyHash.PartitionOf(message.Key, message.Id, partitions);
            if (Owners.GetValueOrDefault(partition).Instance != instance) Broken.Add($"fencing: {instance} committed {message.Id} although {Owners.GetValueOrDefault(partition).Instance} owns partition {partition} of {Service}");
        }
    }

    public void Unschedule(Guid messageId)
    {
        if (Schedule.Remove(messageId, out (ScheduledRow Row, string? Name) gone) && gone.Name is { } name) ScheduleNames.Remove(name);
    }

    public IReadOnlyList<ParkedLane> Lanes(IReadOnlyList<int> partitions) =>
    [
        .. Parked.Values.Where(row => partitions.Contains(row.Partition))
            .GroupBy(row => (row.Partition, row.Message.Key, Id: row.Message.Key is null ? row.Message.Id : (Guid?)null))
            .Select(lane => new ParkedLane(lane.Key.Partition, lane.Key.Key, lane.Key.Id, lane.First().DueAt)),
    ];

    private int SlotOf(string key, string instance) => Plant.SlotPerProcess ? KeyHash.SlotOf(key + instance) : KeyHash.SlotOf(key);

    private void EndWhenIdle(Session session)
    {
        if (!session.IsOver && session.Open is not null && session.IdleSince is { } since && World.Now - since >= IdleMax) session.End();
    }
}
