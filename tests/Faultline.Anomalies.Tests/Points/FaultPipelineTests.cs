using Faultline.Protocol.Faults;
using Faultline.TestSupport;
using Microsoft.Extensions.Logging;

namespace Faultline.Anomalies.Tests.Points;

public sealed class FaultPipelineTests
{
    private static readonly FaultPoint Point = FaultPoints.RelaySendBefore;

    [Fact]
    public void Nothing_is_armed_before_anything_is_set()
    {
        using var replica = new Replica();

        FaultPoints.All.ShouldAllBe(point => !replica.Points.IsArmed(point));
    }

    [Fact]
    public async Task Only_the_point_of_the_anomaly_is_armed()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Drop);

        FaultPoints.All.Where(replica.Points.IsArmed).ShouldBe([Point]);
    }

    [Fact]
    public async Task Idle_fault_point_allocates_nothing()
    {
        using var replica = new Replica();
        for (int other = 0; other < 100; other++) await replica.PlaceAsync(FaultPoints.ConsumeAckBefore, FaultKinds.Drop);
        int armed = CountArmed(replica.Points, rounds: 1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        armed += CountArmed(replica.Points, rounds: 1_000_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.ShouldBe(0);
        armed.ShouldBe(0);
    }

    [Fact]
    public async Task Point_is_disarmed_when_the_trigger_is_spent()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Drop, trigger: new TriggerSpec { First = 2 });

        (await replica.PassAsync(Point)).Fate.ShouldBe(PassageFate.Lost);
        replica.Points.IsArmed(Point).ShouldBeTrue();
        (await replica.PassAsync(Point)).Fate.ShouldBe(PassageFate.Lost);

        replica.Points.IsArmed(Point).ShouldBeFalse();
        (await replica.PassAsync(Point)).Fate.ShouldBe(PassageFate.Go);
    }

    [Fact]
    public async Task Anomaly_goes_away_by_itself_when_it_expires()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Drop) with { ExpiresAt = replica.Time.GetUtcNow().AddDays(40) });

        replica.Time.Advance(TimeSpan.FromDays(39));
        replica.Points.IsArmed(Point).ShouldBeTrue();

        replica.Time.Advance(TimeSpan.FromDays(1));
        replica.Points.IsArmed(Point).ShouldBeFalse();
        (await replica.Panel.ListAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Window_arms_the_point_from_its_start_to_its_end()
    {
        using var replica = new Replica();
        DateTimeOffset now = replica.Time.GetUtcNow();
        await replica.PlaceAsync(Point, FaultKinds.Drop, trigger: new TriggerSpec { While = new WindowSpec(now.AddSeconds(10), now.AddSeconds(20)) });

        replica.Points.IsArmed(Point).ShouldBeFalse();
        replica.Time.Advance(TimeSpan.FromSeconds(10));
        replica.Points.IsArmed(Point).ShouldBeTrue();
        (await replica.PassAsync(Point)).Fate.ShouldBe(PassageFate.Lost);
        replica.Time.Advance(TimeSpan.FromSeconds(10));
        replica.Points.IsArmed(Point).ShouldBeFalse();
    }

    [Fact]
    public async Task Instance_narrows_where_it_fires()
    {
        using var one = new Replica("orders-1");
        using var two = new Replica("orders-2", one.Store, one.Time);
        await one.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Drop) with { Instance = "orders-2" });
        await two.Panel.RefreshAsync(CancellationToken.None);

        one.Points.IsArmed(Point).ShouldBeFalse();
        two.Points.IsArmed(Point).ShouldBeTrue();
    }

    [Fact]
    public async Task Several_on_one_point_act_in_the_order_of_their_creation()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Duplicate, new AnomalyParameters { Copies = 2 });
        await replica.PlaceAsync(Point, FaultKinds.Drop);
        await replica.PlaceAsync(Point, FaultKinds.Storm);

        Passage passage = await replica.PassAsync(Point);

        // Lost by the second, it never comes to the third.
        (passage.Fate, passage.Copies, passage.Storm).ShouldBe((PassageFate.Lost, 2, 0));
        (await replica.FiringsAsync()).Select(firing => firing.Kind).ShouldBe([FaultKinds.Duplicate, FaultKinds.Drop]);
    }

    [Fact]
    public async Task Match_looks_at_type_key_id_and_headers()
    {
        using var replica = new Replica();
        Anomaly anomaly = await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Drop) with
        {
            Match = new MatchSpec { MessageType = "order-placed", Key = "k", Headers = new Dictionary<string, string> { ["tenant"] = "a" } },
        });

        Passage hit = new() { MessageId = Replica.NewId(), MessageType = "order-placed", Key = "k", Headers = new Dictionary<string, string> { ["tenant"] = "a" } };
        await replica.PassAsync(Point, hit);
        Passage otherTenant = await replica.PassAsync(Point, new Passage { MessageType = "order-placed", Key = "k", Headers = new Dictionary<string, string> { ["tenant"] = "b" } });
        Passage otherKey = await replica.PassAsync(Point, Replica.PassageOf(key: "other"));

        (hit.Fate, otherTenant.Fate, otherKey.Fate).ShouldBe((PassageFate.Lost, PassageFate.Go, PassageFate.Go));
        (await replica.CountersAsync(anomaly.Id)).Matched.ShouldBe(1);
    }

    [Fact]
    public async Task In_a_batch_a_kind_that_hits_messages_hits_only_those_it_fires_on()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Drop, trigger: new TriggerSpec { Every = 2 });
        Passage[] batch = [Replica.PassageOf(), Replica.PassageOf(), Replica.PassageOf(), Replica.PassageOf()];

        await replica.Points.PassAsync(Point, batch, CancellationToken.None);

        batch.Select(passage => passage.Fate).ShouldBe([PassageFate.Go, PassageFate.Lost, PassageFate.Go, PassageFate.Lost]);
        (await replica.FiringsAsync()).Select(firing => (firing.Match, firing.MessageId)).ShouldBe([(2, batch[1].MessageId), (4, batch[3].MessageId)]);
    }

    [Fact]
    public async Task In_a_batch_a_kind_that_hits_the_step_hits_it_once_when_any_message_fires()
    {
        int crashes = 0;
        using var replica = new Replica(crash: () => crashes++);
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Crash) with { Match = new MatchSpec { MessageType = "poison" } });
        Passage[] batch = [Replica.PassageOf(), Replica.PassageOf("poison"), Replica.PassageOf(), Replica.PassageOf("poison")];

        await replica.Points.PassAsync(Point, batch, CancellationToken.None);
        await replica.Points.PassAsync(Point, [Replica.PassageOf()], CancellationToken.None);

        crashes.ShouldBe(1);
    }

    [Fact]
    public async Task Store_that_fails_means_no_fault_and_no_failure_of_the_step()
    {
        var store = new FailingStore();
        using var replica = new Replica(store: store);
        await replica.PlaceAsync(Point, FaultKinds.Drop);
        store.IsDown = true;

        Passage passage = await replica.PassAsync(Point);

        passage.Fate.ShouldBe(PassageFate.Go);
        replica.Points.ClaimsFailed.ShouldBe(1);

        store.IsDown = false;
        (await replica.PassAsync(Point)).Fate.ShouldBe(PassageFate.Lost);
    }

    [Fact]
    public async Task Failed_claims_are_logged_once_in_a_while_with_their_number()
    {
        var store = new FailingStore();
        var log = new ListLog();
        var time = new ManualTime();
        using var points = new FaultPipeline("orders-1", store, time, log);
        using var panel = new ControlPanel(Replica.Service, store, points, time);
        await panel.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Drop), CancellationToken.None);
        store.IsDown = true;

        for (int failure = 0; failure < 5; failure++) await points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(10));
        await points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None);

        points.ClaimsFailed.ShouldBe(6);
        log.Lines.Select(line => line[..10]).ShouldBe(["1 claim(s)", "5 claim(s)"]);
    }

    [Fact]
    public async Task Store_that_does_not_answer_means_no_fault_after_five_seconds()
    {
        var store = new FailingStore();
        using var replica = new Replica(store: store);
        await replica.PlaceAsync(Point, FaultKinds.Drop);
        store.IsSilent = true;
        Passage passage = Replica.PassageOf();
        Task passing = replica.Points.PassAsync(Point, passage, CancellationToken.None).AsTask();
        passing.IsCompleted.ShouldBeFalse();

        replica.Time.Advance(TimeSpan.FromSeconds(4.9));
        passing.IsCompleted.ShouldBeFalse();
        replica.Time.Advance(TimeSpan.FromSeconds(0.1));

        await passing.EndsAsync();
        (passage.Fate, replica.Points.ClaimsFailed).ShouldBe((PassageFate.Go, 1));
    }

    [Fact]
    public async Task Claim_of_an_anomaly_that_was_removed_meanwhile_is_no_fault()
    {
        using var one = new Replica("orders-1");
        using var two = new Replica("orders-2", one.Store, one.Time);
        Anomaly anomaly = await one.PlaceAsync(Point, FaultKinds.Drop);
        await two.Panel.RefreshAsync(CancellationToken.None);
        await one.Panel.RemoveAsync(anomaly.Id, CancellationToken.None);
        await one.PlaceAsync(anomaly); // The same id, but another one: the counters begin anew.

        two.Points.IsArmed(Point).ShouldBeTrue();
        (await two.PassAsync(Point)).Fate.ShouldBe(PassageFate.Go);
        (await one.FiringsAsync()).ShouldBeEmpty();
    }

    private static int CountArmed(FaultPipeline points, int rounds)
    {
        int armed = 0;
        for (int round = 0; round < rounds; round++)
        {
            if (points.IsArmed(Point)) armed++;
        }

        return armed;
    }

    private sealed class ListLog : ILogger<FaultPipeline>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
