using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Ledger;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Brokers;

/// <summary>The broker: a queue per consuming service, with partitions. Everything here runs in the servers' context.</summary>
internal sealed class Broker(World world, SystemTopology topology, Plant plant)
{
    private readonly Dictionary<string, SimQueue> _queues = topology.Services.Where(service => service.Consumes.Count > 0)
        .ToDictionary(service => service.Service, service => new SimQueue(world, service.Service, topology.Partitions, plant));

    private readonly List<(string Service, string Owner, Action<Envelope> Take)> _temporary = [];

    public World World { get; } = world;

    public Plant Plant { get; } = plant;

    public IReadOnlyCollection<SimQueue> Queues => _queues.Values;

    /// <summary>The chance that the broker refuses a message for now.</summary>
    public double RefusalChance { get; set; }

    /// <summary>The chance that a send breaks: each of its messages may arrive, arrive late, or not at all.</summary>
    public double BreakChance { get; set; }

    public SimQueue QueueOf(string service) => _queues[service];

    public SendOutcome[] Take(IReadOnlyList<Envelope> batch)
    {
        // Sent at once is no order: only what was confirmed before is ahead.
        int[] order = [.. Enumerable.Range(0, batch.Count)];
        World.Dice.Shuffle(order);
        if (World.Dice.Chance(BreakChance)) Break(batch, order);

        var outcomes = new SendOutcome[batch.Count];
        foreach (int index in order)
        {
            SimQueue[] bound = [.. BoundFor(batch[index])];
            if (bound.Length == 0)
            {
                outcomes[index] = SendOutcome.Unroutable;
                continue;
            }

            bool refused = World.Dice.Chance(RefusalChance);
            outcomes[index] = refused ? SendOutcome.Refused : SendOutcome.Confirmed;
            foreach (SimQueue queue in bound) if (!refused || World.Dice.Chance(0.3)) queue.Append(batch[index]);
        }

        return outcomes;
    }

    public void OpenTemporary(string service, string owner, Action<Envelope> take) => _temporary.Add((service, owner, take));

    public void Broadcast(string service, Envelope message)
    {
        foreach ((string of, string _, Action<Envelope> take) in _temporary) if (of == service && !World.Dice.Chance(0.1)) take(message);
    }

    /// <summary>The process died: what it held is delivered to others.</summary>
    public void Bury(string owner)
    {
        _temporary.RemoveAll(queue => queue.Owner == owner);
        foreach (SimQueue queue in _queues.Values)
        {
            foreach (Member member in queue.MembersOf(owner))
            {
                member.IsGone = true;
                queue.Leave(member);
            }
        }
    }

    /// <summary>The connections of a process broke, or its lease is over. It comes back with <see cref="Return"/>.</summary>
    public void Disconnect(string owner)
    {
        foreach (SimQueue queue in _queues.Values) foreach (Member member in queue.MembersOf(owner)) queue.Leave(member);
    }

    /// <summary>A process has reconnected.</summary>
    public void Return(string owner)
    {
        foreach (SimQueue queue in _queues.Values) foreach (Member member in queue.MembersOf(owner)) queue.Join(member);
    }

    private void Break(IReadOnlyList<Envelope> batch, int[] order)
    {
        foreach (int index in order)
        {
            foreach (SimQueue queue in BoundFor(batch[index]))
            {
                double fate = World.Dice.Fraction();
                Envelope message = batch[index];
                if (fate < 0.4) queue.Append(message);
                else if (fate < 0.6) World.After(TimeSpan.FromMilliseconds(World.Dice.Between(1, 3_000)), World.Server, () => queue.Append(message));
            }
        }

        throw new TransportException("the connection broke");
    }

    private IEnumerable<SimQueue> BoundFor(Envelope message)
    {
        foreach (Route route in topology.Routes) if (route.Publisher == message.Publisher && route.Type == message.Type) yield return _queues[route.Consumer];
    }
}
