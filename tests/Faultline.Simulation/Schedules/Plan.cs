using Faultline.Protocol.Faults;
using Faultline.Simulation.Systems;
using Faultline.Simulation.Worlds;
using Faultline.Triggers;

namespace Faultline.Simulation.Schedules;

/// <summary>Something that is done to the system at a time.</summary>
internal sealed record Act(TimeSpan At, string Says, Action<SimSystem> Do);

/// <summary>What a client asks the first service for.</summary>
/// <param name="At">When.</param>
/// <param name="Replica">Which of its processes is asked.</param>
/// <param name="Deed">What the message makes its handlers do.</param>
/// <param name="Scheduled">How long after the request a second message is due; null for none.</param>
/// <param name="Name">The name of the scheduled message.</param>
/// <param name="Cancels">A name to take back.</param>
/// <param name="Twice">Whether two messages are published.</param>
/// <param name="Fails">Whether the request fails after all that.</param>
internal sealed record Request(TimeSpan At, int Replica, Deed Deed, TimeSpan? Scheduled, string? Name, string? Cancels, bool Twice, bool Fails);

/// <summary>All that is decided before a run: load and faults.</summary>
internal sealed record Plan(IReadOnlyList<Request> Requests, IReadOnlyList<Act> Acts, TimeSpan FaultsEnd)
{
    /// <summary>The points of the core at which a fault can act while the outbox guard is on.</summary>
    public static IReadOnlyList<FaultPoint> Points { get; } = [.. FaultPoints.All.Where(point => point.Index < FaultPoints.HttpSendBefore.Index && !FaultTable.WithoutOutboxOnly.Contains(point))];

    private static readonly FaultCell[] Survivable =
        [.. FaultTable.All.Where(cell => cell.Effect == FaultEffect.Survivable && Points.Contains(cell.Point) && cell.Kind != FaultKinds.Crash)];

    public static Plan Draw(Seed seed, Shape shape)
    {
        var faultsEnd = TimeSpan.FromMilliseconds(seed.For("plan", "end").Between(1_500, 5_000));
        Dice dice = seed.For("plan", "faults");
        var acts = new List<Act>();
        int crashes = DrawCrashes(seed, dice, shape, faultsEnd, acts);
        foreach (Act anomaly in Enumerable.Range(0, dice.Between(0, 3)).Select(_ => DrawAnomaly(dice, shape, faultsEnd)).ToArray())
        {
            // Two corruptions may hit one message twice, and then it is rightly taken for damaged.
            if (!IsCorrupting(anomaly) || !acts.Exists(IsCorrupting)) acts.Add(anomaly);
        }

        for (int count = dice.Between(0, 3); count > 0; count--) acts.Add(DrawEvent(dice, shape, faultsEnd, ref crashes));
        return new Plan(DrawRequests(seed.For("plan", "load"), faultsEnd), [.. acts.OrderBy(act => act.At)], faultsEnd);
    }

    public static List<Request> DrawRequests(Dice dice, TimeSpan end)
    {
        int lanes = dice.Between(1, 4);
        bool isHarsh = dice.Chance(0.5);
        var requests = new List<Request>();
        for (int number = dice.Between(4, 14); number > 0; number--)
        {
            string? lane = dice.Chance(0.1) ? null : $"lane-{dice.Below(lanes)}";
            int failures = !isHarsh || dice.Chance(0.7) ? 0 : dice.Chance(0.6) ? dice.Between(1, 3) : Deed.Always;
            var deed = new Deed(number, lane, failures, Lasting: isHarsh && dice.Chance(0.05), SlowMs: dice.Chance(0.1) ? dice.Between(1, 600) : 0);
            TimeSpan? scheduled = dice.Chance(0.25) ? TimeSpan.FromMilliseconds(dice.Between(0, 2_500)) : null;
            requests.Add(new Request(
                Sometime(dice, end), dice.Below(4), deed, scheduled, dice.Chance(0.5) ? $"name-{dice.Below(2)}" : null, dice.Chance(0.1) ? $"name-{dice.Below(2)}" : null,
                Twice: dice.Chance(0.2), Fails: dice.Chance(0.05)));
        }

        return requests;
    }

    /// <summary>An anomaly as a person would place it.</summary>
    public static Act Place(TimeSpan at, string service, FaultPoint point, string kind, TriggerSpec trigger, AnomalyParameters parameters, ulong seed) =>
        new(at, $"{kind} at {point} of {service}, {trigger}", system =>
        {
            SimService? target = system.Services.FirstOrDefault(each => each.Name == service);
            if (target is null) return;
            _ = target.Control.AddAsync(
                new Anomaly
                {
                    Id = new Guid((int)seed, 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)point.Index),
                    Service = service,
                    Point = point.Name,
                    Kind = kind,
                    Parameters = parameters,
                    Match = new MatchSpec(),
                    Trigger = trigger,
                    Seed = seed,
                    CreatedBy = "plan",
                    CreatedAt = system.World.UtcNow,
                    Order = 0,
                },
                CancellationToken.None);
            foreach (SimProcess process in target.Processes) process.Context.Run(() => _ = process.Control.RefreshAsync(CancellationToken.None));
        });

    private static bool IsCorrupting(Act act) => act.Says.StartsWith(FaultKinds.Corrupt, StringComparison.Ordinal);

    private static int DrawCrashes(Seed seed, Dice dice, Shape shape, TimeSpan end, List<Act> acts)
    {
        if (dice.Chance(0.25)) return 0;
        // Round robin over the points, so that each gets its share.
        FaultPoint point = Points[(int)(seed.Value % (ulong)Points.Count)];
        int count = dice.Chance(0.3) ? 2 : 1;
        for (int index = 0; index < count; index++)
        {
            acts.Add(Place(Early(dice, end), ServiceFor(point, dice, shape), point, FaultKinds.Crash, new TriggerSpec { Nth = dice.Between(1, 4) }, new AnomalyParameters(), dice.Next()));
        }

        return count;
    }

    private static Act DrawAnomaly(Dice dice, Shape shape, TimeSpan end)
    {
        FaultCell cell = dice.Pick(Survivable);
        // A body that is wrong twice is taken for damaged in the store, rightly: it is corrupted once.
        var trigger = (cell.Kind == FaultKinds.Corrupt ? 0 : dice.Below(3)) switch
        {
            0 => new TriggerSpec { Nth = dice.Between(1, 5) },
            1 => new TriggerSpec { First = dice.Between(1, 3) },
            _ => cell.Kind is FaultKinds.Exception or FaultKinds.Hang ? new TriggerSpec { Once = true } : new TriggerSpec { Probability = 0.3 },
        };
        var parameters = new AnomalyParameters { DelayMs = dice.Between(1, 1_500), JitterMs = 0, Transient = true, Copies = dice.Between(1, 2), Hold = dice.Between(1, 2), Mode = dice.Pick(["truncate", "flip", "garbage"]), Count = 3 };
        return Place(Early(dice, end), ServiceFor(cell.Point, dice, shape), cell.Point, cell.Kind, trigger, parameters, dice.Next());
    }

    private static Act DrawEvent(Dice dice, Shape shape, TimeSpan end, ref int crashes)
    {
        TimeSpan at = Sometime(dice, end);
        var until = TimeSpan.FromMilliseconds(dice.Between(100, 2_000));
        string service = AnyService(dice, shape);
        int replica = dice.Below(3);
        int kind = dice.Below(11);
        // A message that dies with its process too often ends among the dead letters, rightly: the number of deaths is bounded.
        if (kind == 0 && ++crashes > 2) kind = 1;
        double chance = 0.05 + (0.4 * dice.Fraction());
        return kind switch
        {
            0 => On(at, "SIGKILL", service, replica, (_, process) => process.Crash()),
            1 => On(at, "SIGTERM", service, replica, Terminate),
            2 or 3 => On(at, $"pause for {2 * until}", service, replica, (system, process) => system.Pause(process, 4 * until)),
            4 => On(at, "broker connection lost", service, replica, (system, process) => system.Disconnect(process)),
            5 => During(at, until, $"database of {service} loses {chance:P0}", system => Find(system, service)?.Weather, chance),
            6 => During(at, until, $"broker loses {chance:P0}", system => system.BrokerWeather, chance),
            7 => new Act(at, $"sends break and are refused with {chance:P0}", system => Disturb(system, chance, until)),
            8 => new Act(at, $"{service} is rebalanced", system => { if (service != Shape.First && Find(system, service) is not null) system.Broker.QueueOf(service).Rotate(); }),
            9 => new Act(at, $"leader of {service} is deposed", system => Find(system, service)?.Database.Leader?.End()),
            _ => new Act(at, "a transaction elsewhere stays open", system => Find(system, service)?.Database.HoldBack(until)),
        };
    }

    private static void Terminate(SimSystem system, SimProcess process)
    {
        process.Stop();
        // What does not end by itself is killed, as supervisors do.
        system.World.After(TimeSpan.FromSeconds(8), system.World.Server, process.Crash);
    }

    private static void Disturb(SimSystem system, double chance, TimeSpan duration)
    {
        system.Broker.BreakChance = chance;
        system.Broker.RefusalChance = chance / 2;
        system.World.After(duration, system.World.Server, () => (system.Broker.BreakChance, system.Broker.RefusalChance) = (0, 0));
    }

    private static Act During(TimeSpan at, TimeSpan duration, string says, Func<SimSystem, Weather?> weather, double chance) => new(at, says, system =>
    {
        if (weather(system) is not { } bad) return;
        bad.Loss = chance;
        system.World.After(duration, system.World.Server, () => bad.Loss = 0);
    });

    private static Act On(TimeSpan at, string says, string service, int replica, Action<SimSystem, SimProcess> act) => new(at, $"{says}: replica {replica} of {service}", system =>
    {
        if (Find(system, service) is { } target) act(system, target.Processes[replica % target.Processes.Count]);
    });

    private static SimService? Find(SimSystem system, string service) => system.Services.FirstOrDefault(each => each.Name == service);

    private static string AnyService(Dice dice, Shape shape) => dice.Pick(shape.IsLong ? [Shape.First, Shape.Second, Shape.Third] : new[] { Shape.First, Shape.Second });

    private static string ServiceFor(FaultPoint point, Dice dice, Shape shape) => point.Pipeline switch
    {
        "publish" or "relay" => shape.IsLong ? dice.Pick([Shape.First, Shape.Second]) : Shape.First,
        "schedule" => Shape.First,
        "transaction" => AnyService(dice, shape),
        _ => shape.IsLong ? dice.Pick([Shape.Second, Shape.Third]) : Shape.Second,
    };

    private static TimeSpan Early(Dice dice, TimeSpan end) => TimeSpan.FromMilliseconds(dice.Chance(0.7) ? 0 : dice.Below((int)end.TotalMilliseconds / 2));

    private static TimeSpan Sometime(Dice dice, TimeSpan end) => TimeSpan.FromMilliseconds(dice.Below((int)end.TotalMilliseconds));
}
