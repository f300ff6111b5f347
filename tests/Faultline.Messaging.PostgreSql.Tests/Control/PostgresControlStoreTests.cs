using Faultline.Anomalies;
using Faultline.Messaging.PostgreSql.Control;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.TestSupport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Tests.Control;

public sealed class PostgresControlStoreTests(ControlDatabase database) : IClassFixture<ControlDatabase>, IAsyncLifetime
{
    private const string Service = "shop/orders";
    private static readonly FaultPoint Point = FaultPoints.ConsumeReceiveAfter;

    private readonly PostgresControlStore _one = new(database.ConnectionString);
    private readonly PostgresControlStore _two = new(database.ConnectionString);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await database.EmptyAsync();

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Everything_of_an_anomaly_survives_the_database()
    {
        Anomaly anomaly = AnomalyOf(FaultKinds.Delay) with
        {
            Instance = "orders-2",
            Parameters = new AnomalyParameters { DelayMs = 10, JitterMs = 5 },
            Match = new MatchSpec { MessageType = "order-placed", Headers = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } },
            Trigger = new TriggerSpec { While = new WindowSpec(TimeProvider.System.GetUtcNow(), null) },
            ExpiresAt = TimeProvider.System.GetUtcNow().AddDays(1),
            Seed = ulong.MaxValue,
        };

        Placed placed = await _one.AddAsync(anomaly, Stop);
        Anomaly read = (await _two.LoadAsync(-1, Stop))!.Anomalies.ShouldHaveSingleItem();

        placed.Result.ShouldBe(PlaceResult.Added);
        AnomalyContent.IsSame(read, anomaly).ShouldBeTrue();
        (read.Order, read.CreatedAt, read.Matched, read.Fired, read.LastFiredAt).ShouldBe((placed.Anomaly.Order, anomaly.CreatedAt, 0, 0, null));
    }

    [Fact]
    public async Task Version_rises_with_each_change_and_only_then()
    {
        long start = (await _one.LoadAsync(-1, Stop))!.Version;
        Anomaly anomaly = AnomalyOf(FaultKinds.Drop);

        await _one.AddAsync(anomaly, Stop);
        (await _two.LoadAsync(start, Stop))!.Version.ShouldBe(start + 1);
        (await _two.LoadAsync(start + 1, Stop)).ShouldBeNull();

        await _one.AddAsync(anomaly, Stop);
        await _one.RemoveAsync(Id(999), Stop);
        (await _two.LoadAsync(start + 1, Stop)).ShouldBeNull();

        await _one.SetGuardAsync(GuardNames.Inbox, on: false, TimeProvider.System.GetUtcNow(), Stop);
        (await _one.RemoveAsync(anomaly.Id, Stop)).ShouldBeTrue();
        ControlState state = (await _two.LoadAsync(start + 1, Stop))!;
        (state.Version, state.Anomalies.Length, state.Guards.Single().Name, state.Guards.Single().On).ShouldBe((start + 3, 0, GuardNames.Inbox, false));
    }

    [Fact]
    public async Task Same_id_with_other_content_is_a_conflict_and_changes_nothing()
    {
        Anomaly anomaly = (await _one.AddAsync(AnomalyOf(FaultKinds.Drop), Stop)).Anomaly;

        (await _two.AddAsync(anomaly with { CreatedAt = anomaly.CreatedAt.AddHours(1) }, Stop)).Result.ShouldBe(PlaceResult.Unchanged);
        Placed other = await _two.AddAsync(anomaly with { Kind = FaultKinds.Swallow }, Stop);

        (other.Result, other.Anomaly.Kind).ShouldBe((PlaceResult.Conflict, FaultKinds.Drop));
    }

    [Fact]
    public async Task Clear_removes_all_anomalies_and_leaves_their_firings()
    {
        using FaultPipeline points = await PipelineAsync(_one, "orders-1", AnomalyOf(FaultKinds.Drop), AnomalyOf(FaultKinds.Duplicate));
        await points.PassAsync(Point, PassageOf(1), Stop);

        (await _two.ClearAsync(Stop)).ShouldBe(2);

        (await _two.LoadAsync(-1, Stop))!.Anomalies.ShouldBeEmpty();
        (await _two.ListFiringsAsync(0, 10, Stop)).ShouldHaveSingleItem().Kind.ShouldBe(FaultKinds.Drop);
        (await _two.ClearAsync(Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task Expired_anomalies_are_removed_when_the_next_one_is_added()
    {
        Anomaly old = AnomalyOf(FaultKinds.Drop);
        await _one.AddAsync(old with { ExpiresAt = old.CreatedAt.AddSeconds(1) }, Stop);

        await _one.AddAsync(AnomalyOf(FaultKinds.Delay) with { CreatedAt = old.CreatedAt.AddSeconds(1) }, Stop);

        (await _one.LoadAsync(-1, Stop))!.Anomalies.ShouldHaveSingleItem().Kind.ShouldBe(FaultKinds.Delay);
    }

    [Fact]
    public async Task Once_is_once_over_two_replicas_that_ask_at_the_same_time()
    {
        for (int round = 0; round < 10; round++)
        {
            await database.EmptyAsync();
            Anomaly anomaly = AnomalyOf(FaultKinds.Drop, new TriggerSpec { Once = true });
            using FaultPipeline one = await PipelineAsync(_one, "orders-1", anomaly);
            using FaultPipeline two = await PipelineAsync(_two, "orders-2", anomaly);
            Passage[] passages = [.. Enumerable.Range(0, 24).Select(PassageOf)];

            await Parallel.ForEachAsync(
                passages.Index(), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, (item, stop) => (item.Index % 2 == 0 ? one : two).PassAsync(Point, item.Item, stop));

            passages.Count(passage => passage.Fate == PassageFate.Lost).ShouldBe(1);
            (await _one.ListFiringsAsync(0, 100, Stop)).ShouldHaveSingleItem().Match.ShouldBe(1);
            (one.ClaimsFailed + two.ClaimsFailed).ShouldBe(0);
            (one.IsArmed(Point) && two.IsArmed(Point)).ShouldBeFalse(); // Whoever asked knows by now that it is spent.
        }
    }

    [Fact]
    public async Task Counters_and_firings_of_concurrent_batches_agree_with_what_happened()
    {
        Anomaly anomaly = AnomalyOf(FaultKinds.Drop, new TriggerSpec { Every = 3 });
        using FaultPipeline one = await PipelineAsync(_one, "orders-1", anomaly);
        using FaultPipeline two = await PipelineAsync(_two, "orders-2", anomaly);
        Passage[][] batches = [.. Enumerable.Range(0, 30).Select(PassageOf).Chunk(5)];

        await Parallel.ForEachAsync(batches.Index(), Stop, (item, stop) => (item.Index % 2 == 0 ? one : two).PassAsync(Point, item.Item, stop));

        Guid?[] lost = [.. batches.SelectMany(batch => batch).Where(passage => passage.Fate == PassageFate.Lost).Select(passage => passage.MessageId)];
        var firings = await _one.ListFiringsAsync(0, 100, Stop);
        firings.Select(firing => firing.MessageId).ShouldBe(lost, ignoreOrder: true);
        firings.Select(firing => firing.Match).Order().ShouldBe([3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
        firings.Select(firing => firing.Id).ShouldBeInOrder();
        Anomaly counted = (await _one.LoadAsync(-1, Stop))!.Anomalies.Single();
        (counted.Matched, counted.Fired, counted.LastFiredAt.HasValue).ShouldBe((30, 10, true));
    }

    [Fact]
    public async Task Firings_are_read_page_by_page_with_all_that_they_hit()
    {
        using FaultPipeline points = await PipelineAsync(_one, "orders-1", AnomalyOf(FaultKinds.Drop));
        await points.PassAsync(
            Point, [new Passage { MessageId = Id(1), MessageType = "order-placed", Key = "k", OperationId = "op", Attempt = 3 }, new Passage { Method = "GET", Path = "/menu" }], Stop);

        Firing first = (await _two.ListFiringsAsync(0, 1, Stop)).ShouldHaveSingleItem();
        Firing second = (await _two.ListFiringsAsync(first.Id, 10, Stop)).ShouldHaveSingleItem();

        (first.MessageId, first.MessageType, first.Key, first.OperationId, first.Attempt, first.Match, first.Instance, first.Service, first.Point, first.Kind)
            .ShouldBe((Id(1), "order-placed", "k", "op", 3, 1, "orders-1", Service, Point.Name, FaultKinds.Drop));
        (second.MessageId, second.MessageType, second.Key, second.OperationId, second.Match).ShouldBe((null, "GET /menu", null, null, 2));
        (await _two.ListFiringsAsync(second.Id, 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Record_is_committed_before_the_fault_acts()
    {
        int seenInTheAct = -1;
        using FaultPipeline points = await PipelineAsync(_one, "orders-1", () => seenInTheAct = CountCommitted(), AnomalyOf(FaultKinds.Crash, new TriggerSpec { Once = true }));

        await points.PassAsync(Point, PassageOf(1), Stop);

        seenInTheAct.ShouldBe(1);
    }

    [Fact]
    public async Task Crash_in_the_act_leaves_its_record_and_does_not_fire_again_after_the_restart()
    {
        Anomaly anomaly = AnomalyOf(FaultKinds.Crash, new TriggerSpec { Once = true });
        using FaultPipeline dying = await PipelineAsync(_one, "orders-1", () => throw new InvalidOperationException("dead"), anomaly);
        await Should.ThrowAsync<InvalidOperationException>(async () => await dying.PassAsync(Point, PassageOf(1), Stop));

        using FaultPipeline restarted = await PipelineAsync(_two, "orders-1", () => throw new InvalidOperationException("dead again"), anomaly);

        restarted.IsArmed(Point).ShouldBeFalse();
        (await _two.ListFiringsAsync(0, 10, Stop)).ShouldHaveSingleItem().MessageId.ShouldBe(Id(1));
    }

    [Fact]
    public async Task Message_that_chance_has_hit_draws_anew_when_it_comes_again_to_any_instance()
    {
        Anomaly anomaly = AnomalyOf(FaultKinds.Drop, new TriggerSpec { Probability = 0.5 });
        using FaultPipeline one = await PipelineAsync(_one, "orders-1", anomaly);
        using FaultPipeline two = await PipelineAsync(_two, "orders-2");

        for (int number = 1; number <= 20; number++)
        {
            int hits = 0;
            Passage passage;
            do
            {
                passage = PassageOf(number);
                await (hits % 2 == 0 ? one : two).PassAsync(Point, passage, Stop);
            }
            while (passage.Fate == PassageFate.Lost && ++hits < 30);

            hits.ShouldBeLessThan(30);
        }
    }

    [Fact]
    public async Task Claim_of_an_anomaly_that_is_gone_is_none()
    {
        Anomaly anomaly = AnomalyOf(FaultKinds.Drop);
        using FaultPipeline points = await PipelineAsync(_one, "orders-1", anomaly);
        await _two.RemoveAsync(anomaly.Id, Stop);
        await _two.AddAsync(anomaly, Stop); // Another one of the same id.
        Passage passage = PassageOf(1);

        await points.PassAsync(Point, passage, Stop);

        (passage.Fate, points.ClaimsFailed).ShouldBe((PassageFate.Go, 0));
        (await _one.ListFiringsAsync(0, 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Database_that_is_away_means_no_fault_and_no_failure_of_the_step()
    {
        await using var nowhere = new PostgresControlStore(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "no_such_database" }.ConnectionString);
        await _one.AddAsync(AnomalyOf(FaultKinds.Drop), Stop);
        using var cut = new FaultPipeline("orders-1", nowhere, TimeProvider.System);
        using var panel = new ControlPanel(Service, _one, cut, TimeProvider.System);
        Passage passage = PassageOf(1);

        await panel.RefreshAsync(Stop);
        cut.IsArmed(Point).ShouldBeTrue();
        await cut.PassAsync(Point, passage, Stop);

        (passage.Fate, cut.ClaimsFailed).ShouldBe((PassageFate.Go, 1));
    }

    [Fact]
    public async Task Commit_that_nobody_answered_is_looked_up_and_the_fault_acts_because_it_is_recorded()
    {
        await using var cutter = new CommitCutter(database.ConnectionString);
        await using var store = new PostgresControlStore(cutter.ConnectionString);
        using FaultPipeline points = await PipelineAsync(store, "orders-1", AnomalyOf(FaultKinds.Drop));
        cutter.CutNextCommit();
        Passage passage = PassageOf(1);

        await points.PassAsync(Point, passage, Stop);

        (passage.Fate, points.ClaimsFailed, CountCommitted(), cutter.Cuts).ShouldBe((PassageFate.Lost, 0, 1, 1));
    }

    [Fact]
    public async Task Commit_that_did_not_happen_is_no_fault()
    {
        using FaultPipeline points = await PipelineAsync(_one, "orders-1", AnomalyOf(FaultKinds.Drop));
        await database.ExecuteAsync("""
            create function faultline.cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
            create constraint trigger cut after insert on faultline.firing deferrable initially deferred for each row execute function faultline.cut();
            """);
        Passage passage = PassageOf(1);
        try
        {
            await points.PassAsync(Point, passage, Stop);
        }
        finally
        {
            await database.ExecuteAsync("drop trigger cut on faultline.firing; drop function faultline.cut();");
        }

        (passage.Fate, points.ClaimsFailed, CountCommitted()).ShouldBe((PassageFate.Go, 1, 0));
    }

    private static Guid Id(int number) => new($"00000000-0000-7000-8000-{number:x12}");

    private static Passage PassageOf(int number) => new() { MessageId = Id(number), MessageType = "order-placed", OperationId = $"op-{number}" };

    private static Anomaly AnomalyOf(string kind, TriggerSpec? trigger = null) => new()
    {
        Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Service = Service,
        Point = Point.Name,
        Kind = kind,
        Parameters = new AnomalyParameters(),
        Match = new MatchSpec(),
        Trigger = trigger,
        Seed = 1,
        CreatedBy = "test",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Order = 0,
    };

    private static Task<FaultPipeline> PipelineAsync(PostgresControlStore store, string instance, params Anomaly[] anomalies) =>
        PipelineAsync(store, instance, () => throw new InvalidOperationException("not expected to crash"), anomalies);

    private static async Task<FaultPipeline> PipelineAsync(PostgresControlStore store, string instance, Action crash, params Anomaly[] anomalies)
    {
        var points = new FaultPipeline(instance, store, TimeProvider.System, log: null, crash);
        using var panel = new ControlPanel(Service, store, points, TimeProvider.System);
        foreach (Anomaly anomaly in anomalies) await panel.PlaceAsync(anomaly, Stop);
        await panel.RefreshAsync(Stop);
        return points;
    }

    private int CountCommitted()
    {
        using NpgsqlCommand count = database.Source.CreateCommand("select count(*)::int from faultline.firing");
        return (int)count.ExecuteScalar()!;
    }
}
