using Faultline.Anomalies;
using Faultline.Messaging.Topology;
using Faultline.Simulation.Brokers;
using Faultline.Simulation.Databases;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Systems;

/// <summary>One service: its database, its control state, and its processes.</summary>
internal sealed class SimService(string name, Database database, bool answers)
{
    public string Name { get; } = name;

    public Database Database { get; } = database;

    public MemoryControlStore Control { get; } = new();

    public Weather Weather { get; } = new();

    /// <summary>Whether handling a request publishes an answer.</summary>
    public bool Answers { get; } = answers;

    /// <summary>The current life of each instance.</summary>
    public List<SimProcess> Processes { get; } = [];
}

/// <summary>The system under test: services, broker, and what a supervisor and a network do to them.</summary>
internal sealed class SimSystem
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    private int _lives;

    public SimSystem(World world, Shape shape, Plant plant)
    {
        (World, Shape, Plant) = (world, shape, plant);
        Topology = shape.Topology();
        Broker = new Broker(world, Topology, plant);
        Services = [.. Topology.Services.Select(service => new SimService(service.Service, new Database(world, service.Service, shape.Partitions, plant), shape.IsLong && service.Service == Shape.Second))];
    }

    public World World { get; }

    public Shape Shape { get; }

    public Plant Plant { get; }

    public SystemTopology Topology { get; }

    public Broker Broker { get; }

    public Weather BrokerWeather { get; } = new();

    public IReadOnlyList<SimService> Services { get; }

    /// <summary>While the faults last, a dead process stays dead for a while.</summary>
    public bool IsHealing { get; private set; }

    public SimService First => Services[0];

    public void Start()
    {
        if (Plant.InboxForgetsAfter is { } kept) TrimTooEarly(kept);
        foreach (SimService service in Services)
        {
            for (int replica = 1; replica <= Shape.ReplicasOf(service.Name); replica++) service.Processes.Add(StartOne(service, $"{service.Name[4..]}-{replica}"));
        }
    }

    /// <summary>A planted bug: the inbox forgets although messages may still come again.</summary>
    private void TrimTooEarly(TimeSpan kept)
    {
        foreach (SimService service in Services) service.Database.Inbox.RemoveOlder(World.Now - kept);
        World.After(kept, World.Server, () => TrimTooEarly(kept));
    }

    public void OnDead(SimProcess process)
    {
        World.Mix($"{process.Owner} is dead");
        process.Service.Database.Disconnect(process.Owner, Notice);
        World.After(Notice(), World.Server, () => Broker.Bury(process.Owner));
        World.After(TimeSpan.FromMilliseconds(World.Dice.Between(50, IsHealing ? 200 : 2_500)), World.Server, () => Replace(process));
    }

    public void Pause(SimProcess process, TimeSpan duration)
    {
        if (process.Context.IsDead || process.Context.IsPaused) return;
        World.Mix($"{process.Owner} is paused for {duration.TotalSeconds:F1} s");
        process.Context.Pause();
        World.After(Lease, World.Server, () =>
        {
            if (process.Context.IsPaused) Broker.Disconnect(process.Owner);
        });
        World.After(duration, World.Server, () => Resume(process));
    }

    public void Resume(SimProcess process)
    {
        if (!process.Context.IsPaused) return;
        World.Mix($"{process.Owner} goes on");
        process.Context.Resume();
        World.After(TimeSpan.FromMilliseconds(World.Dice.Between(0, 500)), World.Server, () => Broker.Return(process.Owner));
    }

    /// <summary>The connections to the broker break, and come back.</summary>
    public void Disconnect(SimProcess process)
    {
        World.Mix($"{process.Owner} loses its broker");
        Broker.Disconnect(process.Owner);
        World.After(TimeSpan.FromMilliseconds(World.Dice.Between(50, 1_500)), World.Server, () =>
        {
            if (!process.Context.IsPaused) Broker.Return(process.Owner);
        });
    }

    /// <summary>Removes every fault: from now on nothing fails.</summary>
    public void Heal()
    {
        World.Mix("heal");
        IsHealing = true;
        Broker.BreakChance = 0;
        Broker.RefusalChance = 0;
        BrokerWeather.Loss = 0;
        foreach (SimService service in Services)
        {
            service.Weather.Loss = 0;
            service.Database.Foreign.Clear();
            _ = service.Control.ClearAsync(CancellationToken.None);
            foreach (SimProcess process in service.Processes)
            {
                Resume(process);
                process.Time.Error = TimeSpan.Zero;
                process.Context.Run(() => _ = process.Control.RefreshAsync(CancellationToken.None));
            }
        }
    }

    private TimeSpan Notice() => World.Dice.Chance(0.8) ? TimeSpan.FromMilliseconds(World.Dice.Between(0, 10)) : TimeSpan.FromMilliseconds(World.Dice.Between(10, 3_000));

    private void Replace(SimProcess dead)
    {
        int place = dead.Service.Processes.IndexOf(dead);
        dead.Service.Processes[place] = StartOne(dead.Service, dead.Instance);
    }

    private SimProcess StartOne(SimService service, string instance)
    {
        var process = new SimProcess(this, service, instance, ++_lives);
        process.Start();
        return process;
    }
}
