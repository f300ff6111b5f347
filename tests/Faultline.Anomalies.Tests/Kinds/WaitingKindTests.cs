using Faultline.Protocol.Faults;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Tests.Kinds;

/// <summary>Delay, hang, exception and crash: what hits a step.</summary>
public sealed class WaitingKindTests
{
    private static readonly FaultPoint Point = FaultPoints.ConsumeHandleBefore;

    [Fact]
    public async Task Delay_ends_on_time_and_not_before()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Delay, new AnomalyParameters { DelayMs = 1_000 });
        Task passing = replica.Points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();

        replica.Time.Advance(TimeSpan.FromMilliseconds(999));
        passing.IsCompleted.ShouldBeFalse();

        replica.Time.Advance(TimeSpan.FromMilliseconds(1));
        await passing.EndsAsync();
    }

    [Fact]
    public async Task Delay_ends_when_the_anomaly_is_removed()
    {
        using var replica = new Replica();
        Anomaly anomaly = await replica.PlaceAsync(Point, FaultKinds.Delay, new AnomalyParameters { DelayMs = 600_000 });
        Task passing = replica.Points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();
        passing.IsCompleted.ShouldBeFalse();

        await replica.Panel.RemoveAsync(anomaly.Id, CancellationToken.None);

        await passing.EndsAsync();
    }

    [Theory, InlineData(FaultKinds.Delay), InlineData(FaultKinds.Hang)]
    public async Task Wait_ends_when_the_work_is_cancelled(string kind)
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, kind, new AnomalyParameters { DelayMs = 600_000 });
        using var stop = new CancellationTokenSource();
        Task passing = replica.Points.PassAsync(Point, Replica.PassageOf(), stop.Token).AsTask();
        passing.IsCompleted.ShouldBeFalse();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => passing.EndsAsync());
    }

    [Fact]
    public async Task Hang_ends_when_the_anomaly_expires_although_its_trigger_is_spent()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Hang, trigger: new TriggerSpec { Once = true }) with { ExpiresAt = replica.Time.GetUtcNow().AddMinutes(1) });
        Task passing = replica.Points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();

        replica.Time.Advance(TimeSpan.FromSeconds(59));
        passing.IsCompleted.ShouldBeFalse();

        replica.Time.Advance(TimeSpan.FromSeconds(1));
        await passing.EndsAsync();
    }

    [Fact]
    public async Task Jitter_stays_within_its_bounds_and_is_the_same_for_the_same_seed()
    {
        TimeSpan[] one = await DelaysAsync(seed: 7);
        TimeSpan[] again = await DelaysAsync(seed: 7);
        TimeSpan[] other = await DelaysAsync(seed: 8);

        one.ShouldAllBe(delay => delay >= TimeSpan.FromMilliseconds(50) && delay <= TimeSpan.FromMilliseconds(150));
        one.Distinct().Count().ShouldBeGreaterThan(3);
        again.ShouldBe(one);
        other.ShouldNotBe(one);
    }

    [Theory, InlineData(null, true), InlineData(true, true), InlineData(false, false)]
    public async Task Exception_is_transient_unless_it_is_said_to_last(bool? transient, bool isTransient)
    {
        using var replica = new Replica();
        Anomaly anomaly = await replica.PlaceAsync(Point, FaultKinds.Exception, new AnomalyParameters { Transient = transient, Message = "no more ink" });

        FaultException thrown = await Should.ThrowAsync<FaultException>(() => replica.PassAsync(Point));

        (thrown.IsTransient, thrown.AnomalyId, thrown.Point, thrown.Message).ShouldBe((isTransient, anomaly.Id, Point.Name, "no more ink"));
    }

    [Fact]
    public async Task Crash_leaves_its_record_although_the_process_dies_in_the_act()
    {
        using var replica = new Replica(crash: () => throw new InvalidOperationException("dead"));
        await replica.PlaceAsync(Point, FaultKinds.Crash, trigger: new TriggerSpec { Once = true });

        await Should.ThrowAsync<InvalidOperationException>(() => replica.PassAsync(Point));

        (await replica.FiringsAsync()).ShouldHaveSingleItem().Kind.ShouldBe(FaultKinds.Crash);
        using var restarted = new Replica(store: replica.Store);
        await restarted.Panel.RefreshAsync(CancellationToken.None);
        restarted.Points.IsArmed(Point).ShouldBeFalse(); // Once is once, also over a restart.
    }

    private static async Task<TimeSpan[]> DelaysAsync(ulong seed)
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Delay, new AnomalyParameters { DelayMs = 100, JitterMs = 50 }, seed: seed));
        List<TimeSpan> delays = [];
        for (int operation = 0; operation < 8; operation++)
        {
            DateTimeOffset start = replica.Time.GetUtcNow();
            Task passing = replica.Points.PassAsync(Point, Replica.PassageOf(operation: $"{operation}"), CancellationToken.None).AsTask();
            while (!passing.IsCompleted)
            {
                replica.Time.Advance(TimeSpan.FromMilliseconds(1));
                if (replica.Time.GetUtcNow() - start > TimeSpan.FromSeconds(1)) throw new TimeoutException("the delay did not end");
            }

            delays.Add(replica.Time.GetUtcNow() - start);
        }

        return [.. delays];
    }
}
