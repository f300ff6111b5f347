using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Brokers;

/// <summary>One message in a queue.</summary>
internal sealed class Entry(long tag, Envelope message)
{
    public long Tag { get; } = tag;

    public Envelope Message { get; } = message;

    public Member? HeldBy { get; set; }

    public bool WasDelivered { get; set; }
}

/// <summary>A consumer of a queue, as the broker knows it. Events reach it in their order.</summary>
internal sealed class Member(World world, string owner, int unsettledMax, Action<SubscriptionEvent> take)
{
    private readonly Queue<SubscriptionEvent> _toTell = new();

    public string Owner { get; } = owner;

    public int UnsettledMax { get; } = unsettledMax;

    public int Unsettled { get; set; }

    /// <summary>Its connection is lost; it may come back.</summary>
    public bool IsAway { get; set; }

    /// <summary>It does not come back.</summary>
    public bool IsGone { get; set; }

    private static string Describe(SubscriptionEvent happened) => happened is SubscriptionEvent.Delivered delivered
        ? "of " + string.Join(",", delivered.Deliveries.Select(delivery => $"{delivery.Tag}/{delivery.Partition}{(delivery.Redelivered ? " again" : "")}"))
        : happened.ToString();

    public void Tell(SubscriptionEvent happened)
    {
        _toTell.Enqueue(happened);
        TimeSpan latency = world.Dice.Chance(0.6) ? TimeSpan.Zero : TimeSpan.FromTicks(world.Dice.Between(100, 100_000));
        world.After(latency, world.Server, () =>
        {
            SubscriptionEvent next = _toTell.Dequeue();
            world.Mix($"{Owner} is told {Describe(next)}");
            take(next);
        });
    }
}

/// <summary>A queue: its messages stand in partitions, each of which is one consumer's at a time.</summary>
internal sealed class SimQueue(World world, string service, int partitions, Plant plant)
{
    private static readonly TimeSpan RevokeLimit = TimeSpan.FromSeconds(4);

    private readonly Partition[] _partitions = [.. Enumerable.Range(0, partitions).Select(number => new Partition(number))];
    private readonly List<Member> _members = [];
    private readonly List<Member> _everybody = [];
    private long _lastTag;
    private int _turn;

    private sealed class Partition(int number)
    {
        public int Number { get; } = number;

        public List<Entry> Entries { get; } = [];

        public Member? Owner { get; set; }

        public bool IsRevoking { get; set; }

        public bool IsPumping { get; set; }
    }

    public string Service { get; } = service;

    /// <summary>Ids of all messages that ever stood here.</summary>
    public HashSet<Guid> Accepted { get; } = [];

    public int Depth => _partitions.Sum(partition => partition.Entries.Count);

    public IEnumerable<Guid> Standing => _partitions.SelectMany(partition => partition.Entries).Select(entry => entry.Message.Id);

    public void Append(Envelope message)
    {
        Accepted.Add(message.Id);
        Partition partition = _partitions[KeyHash.PartitionOf(message.Key, message.Id, partitions)];
        partition.Entries.Add(new Entry(++_lastTag, message));
        Pump(partition);
    }

    public void Join(Member member)
    {
        if (member.IsGone || _members.Contains(member)) return;
        member.IsAway = false;
        _members.Add(member);
        Rebalance();
    }

    /// <summary>The members of a process.</summary>
    public Member[] MembersOf(string owner) => [.. _everybody.Where(member => member.Owner == owner && !member.IsGone)];

    /// <summary>Takes note of a member before it joins.</summary>
    public void Know(Member member) => _everybody.Add(member);

    /// <summary>A member is away: what it held is delivered again.</summary>
    public void Leave(Member member)
    {
        if (!_members.Remove(member)) return;
        member.IsAway = true;
        foreach (Partition partition in _partitions.Where(partition => partition.Owner == member)) Lose(partition);
        Rebalance();
    }

    /// <summary>Gives each partition to somebody else where there is one.</summary>
    public void Rotate()
    {
        _turn++;
        Rebalance();
    }

    public void Ack(Member member, IReadOnlyList<Delivery> deliveries)
    {
        if (member.IsAway) throw new TransportException("the connection is lost");
        foreach (Delivery delivery in deliveries)
        {
            Partition partition = _partitions[delivery.Partition];
            Entry? entry = partition.Entries.Find(entry => entry.Tag == delivery.Tag);
            // Late words of a former owner are heard or not, as it happens.
            if (entry is null || (entry.HeldBy != member && world.Dice.Chance(0.5))) continue;
            LetGo(entry);
            partition.Entries.Remove(entry);
        }

        foreach (Partition partition in _partitions.Where(partition => partition.Owner == member)) Pump(partition);
    }

    public void Requeue(Member member, IReadOnlyList<Delivery> deliveries)
    {
        if (member.IsAway) throw new TransportException("the connection is lost");
        foreach (Delivery delivery in deliveries)
        {
            Partition partition = _partitions[delivery.Partition];
            if (partition.Entries.Find(entry => entry.Tag == delivery.Tag) is not { } entry || entry.HeldBy != member) continue;
            LetGo(entry);
            Return(partition, entry);
            Pump(partition);
        }
    }

    public void Release(Member member, int number)
    {
        Partition partition = _partitions[number];
        if (partition.Owner != member || !partition.IsRevoking) return;
        Free(partition);
        Rebalance();
    }

    private void Rebalance()
    {
        foreach (Partition partition in _partitions)
        {
            Member? wanted = _members.Count == 0 ? null : _members[(partition.Number + _turn) % _members.Count];
            if (partition.Owner == wanted || partition.IsRevoking) continue;
            if (partition.Owner is not { } owner)
            {
                partition.Owner = wanted;
                wanted!.Tell(new SubscriptionEvent.Gained(partition.Number));
                Pump(partition);
                continue;
            }

            partition.IsRevoking = true;
            owner.Tell(new SubscriptionEvent.Revoking(partition.Number));
            world.After(RevokeLimit, world.Server, () =>
            {
                if (partition.Owner != owner || !partition.IsRevoking) return;
                Lose(partition);
                Rebalance();
            });
        }
    }

    private void Lose(Partition partition)
    {
        partition.Owner!.Tell(new SubscriptionEvent.Lost(partition.Number));
        Free(partition);
    }

    private void Free(Partition partition)
    {
        Member? owner = partition.Owner;
        partition.Owner = null;
        partition.IsRevoking = false;
        foreach (Entry entry in partition.Entries.Where(entry => entry.HeldBy is not null).ToArray())
        {
            LetGo(entry);
            Return(partition, entry);
        }

        // There is room again for what waits elsewhere.
        foreach (Partition other in _partitions.Where(other => other.Owner == owner && owner is not null)) Pump(other);
    }

    private static void LetGo(Entry entry)
    {
        if (entry.HeldBy is { } member) member.Unsettled--;
        entry.HeldBy = null;
    }

    private void Return(Partition partition, Entry entry)
    {
        if (!plant.ReturnsToTheBack) return;
        partition.Entries.Remove(entry);
        partition.Entries.Add(entry);
    }

    private void Pump(Partition partition)
    {
        if (partition.IsPumping) return;
        partition.IsPumping = true;
        world.After(TimeSpan.Zero, world.Server, () => Deliver(partition));
    }

    private void Deliver(Partition partition)
    {
        partition.IsPumping = false;
        if (partition.Owner is not { } owner || partition.IsRevoking) return;
        int batchMax = world.Dice.Between(1, 8);
        var batch = new List<Delivery>();
        foreach (Entry entry in partition.Entries.Where(entry => entry.HeldBy is null).ToArray())
        {
            if (owner.Unsettled >= owner.UnsettledMax || batch.Count >= batchMax) break;
            entry.HeldBy = owner;
            owner.Unsettled++;
            batch.Add(new Delivery(entry.Tag, partition.Number, entry.WasDelivered, entry.Message));
            entry.WasDelivered = true;
            if (!plant.AcksOnDelivery) continue;
            LetGo(entry);
            partition.Entries.Remove(entry);
        }

        if (batch.Count == 0) return;
        owner.Tell(new SubscriptionEvent.Delivered(batch));
        if (batch.Count == batchMax) Pump(partition);
    }
}
