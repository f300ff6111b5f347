using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Messaging.Retry;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Schedules;
using Faultline.Simulation.Systems;
using Faultline.Triggers;

namespace Faultline.Simulation;

/// <summary>Each guard of the core earns its place: off and under its fault it leaves a violation; on, or without the fault, it does not.</summary>
public sealed class GuardTests(ITestOutputHelper output)
{
    private const int Schedules = 60;

    public static TheoryData<string> Guards =>
        [GuardNames.Outbox, GuardNames.Confirms, GuardNames.Inbox, GuardNames.AckAfterCommit, GuardNames.Transaction, GuardNames.Ordering, GuardNames.Retry, GuardNames.DeadLetter];

    [Theory]
    [MemberData(nameof(Guards))]
    public void Only_without_the_guard_and_with_the_fault_a_guarantee_breaks(string guard)
    {
        Count(guard, isOff: false, isFaulty: false).ShouldBe(0, "on, no fault");
        Count(guard, isOff: false, isFaulty: true).ShouldBe(0, "on, with the fault");
        Count(guard, isOff: true, isFaulty: false).ShouldBe(0, "off, no fault");
        int found = Count(guard, isOff: true, isFaulty: true);

        output.WriteLine($"{guard} off under its fault: {found} of {Schedules} schedules break a guarantee");
        found.ShouldBeGreaterThan(Schedules / 2);
    }

    [Theory]
    [InlineData("publish.send.before")]
    [InlineData("publish.send.after")]
    public void Without_the_outbox_a_crash_around_the_send_is_survived_but_for_what_was_not_sent(string point)
    {
        Outcome[] outcomes = [.. Enumerable.Range(1, Schedules).Select(seed => Of(seed, GuardNames.Outbox, isOff: true, [Crash(point, Shape.First)], poison: false))];

        outcomes.Count(outcome => outcome.Firings.Any(firing => firing.Point == point)).ShouldBeGreaterThan(Schedules / 2);
        bool loses = point == FaultPoints.PublishSendBefore.Name;
        outcomes.Any(outcome => outcome.Violations.Count > 0).ShouldBe(loses);
    }

    private int Count(string guard, bool isOff, bool isFaulty)
    {
        int violated = 0;
        for (int seed = 1; seed <= Schedules; seed++)
        {
            Outcome outcome = Of(seed, guard, isOff, isFaulty ? FaultsOf(guard) : [], isFaulty && guard == GuardNames.DeadLetter);
            if (outcome.Violations.Count == 0) continue;
            if (violated++ == 0) output.WriteLine($"{guard} {(isOff ? "off" : "on")}, {(isFaulty ? "fault" : "no fault")}, seed {seed}: {outcome.Violations[0]}");
        }

        return violated;
    }

    private static Outcome Of(int number, string guard, bool isOff, IReadOnlyList<Act> faults, bool poison)
    {
        var seed = new Seed((ulong)number);
        Shape drawn = Shape.Draw(seed.For("shape", "size"));
        Shape shape = drawn with
        {
            FirstReplicas = 1,
            SecondReplicas = 2,
            Consumer = drawn.Consumer with { WorkersMax = 4, Retry = new RetryOptions { AttemptsMax = 5, PauseMin = TimeSpan.FromSeconds(1), PauseMax = TimeSpan.FromSeconds(2) } },
        };
        return Run.Of(seed, shape, new Plan(Load(poison), faults, TimeSpan.FromSeconds(6)), Plant.None, tell: null, system => Prepare(system, guard, isOff));
    }

    /// <summary>One request after the other, all of one key, far enough apart that without a fault nothing can overtake.</summary>
    private static List<Request> Load(bool poison) =>
    [
        .. Enumerable.Range(1, 8).Select(number => new Request(
            TimeSpan.FromMilliseconds(200 * number), 0, new Deed(number, "lane", poison && number == 3 ? Deed.Always : 0), Scheduled: null, Name: null, Cancels: null, Twice: false, Fails: false)),
    ];

    private static void Prepare(SimSystem system, string guard, bool isOff)
    {
        system.BrokerWeather.Slow = 0;
        foreach (SimService service in system.Services)
        {
            service.Weather.Slow = 0;
            service.Database.LostWakeUps = 0; // A row that waits for the safety look lets the next one catch up.
            if (!isOff) continue;
            _ = service.Control.SetGuardAsync(guard, on: false, system.World.UtcNow, CancellationToken.None);
            if (guard == GuardNames.Ordering) service.Database.RequiresOwner = false;
        }
    }

    /// <summary>The fault under which the guard shows, as the design's table has it; for dead letters it is a poison message in the load.</summary>
    private static Act[] FaultsOf(string guard) => guard switch
    {
        GuardNames.Outbox => [Crash(FaultPoints.TransactionCommitAfter.Name, Shape.First)],
        GuardNames.Confirms => [Place(FaultPoints.RelaySendBefore, FaultKinds.Drop, Shape.First)],
        GuardNames.Inbox => [Place(FaultPoints.ConsumeReceiveAfter, FaultKinds.Duplicate, Shape.Second)],
        GuardNames.AckAfterCommit => [Crash(FaultPoints.ConsumeHandleBefore.Name, Shape.Second)],
        GuardNames.Transaction => [Crash(FaultPoints.ConsumeInboxAfter.Name, Shape.Second)],
        GuardNames.Ordering or GuardNames.Retry => [Place(FaultPoints.ConsumeHandleBefore, FaultKinds.Exception, Shape.Second)],
        GuardNames.DeadLetter => [],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Act Crash(string point, string service) => Place(FaultPoints.Find(point)!, FaultKinds.Crash, service);

    private static Act Place(FaultPoint point, string kind, string service) =>
        Plan.Place(TimeSpan.Zero, service, point, kind, new TriggerSpec { Nth = 2 }, new AnomalyParameters { Transient = true, Copies = 1 }, 7);
}
