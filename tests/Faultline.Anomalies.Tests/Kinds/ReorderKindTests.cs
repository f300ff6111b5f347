using Faultline.Protocol.Faults;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Tests.Kinds;

public sealed class ReorderKindTests
{
    private static readonly FaultPoint Point = FaultPoints.ConsumeReceiveAfter;

    [Fact]
    public async Task Held_message_goes_on_when_enough_later_ones_have_passed()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Reorder, new AnomalyParameters { Hold = 2 }, new TriggerSpec { Once = true });
        Passage held = Replica.PassageOf();
        Task passing = replica.Points.PassAsync(Point, held, CancellationToken.None).AsTask();

        replica.Points.IsArmed(Point).ShouldBeTrue(); // Spent, but those that overtake must be counted.
        await replica.PassAsync(Point);
        passing.IsCompleted.ShouldBeFalse();
        await replica.PassAsync(Point);

        await passing.EndsAsync();
        held.Fate.ShouldBe(PassageFate.Go);
        replica.Points.IsArmed(Point).ShouldBeFalse();
    }

    [Fact]
    public async Task Where_the_work_behind_the_point_counts_the_held_one_waits_for_its_end()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Reorder, trigger: new TriggerSpec { Once = true });
        Task<bool> passing = replica.Points.EnterAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();
        Passage later = Replica.PassageOf();

        (await replica.Points.EnterAsync(Point, later, CancellationToken.None)).ShouldBeTrue();
        passing.IsCompleted.ShouldBeFalse();
        replica.Points.CountPassed(Point, later);

        await passing.EndsAsync();
        (await passing).ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_came_before_the_held_one_and_ends_after_it_came_does_not_count()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Reorder, trigger: new TriggerSpec { Nth = 2 });
        Passage earlier = Replica.PassageOf();
        await replica.Points.EnterAsync(Point, earlier, CancellationToken.None);
        Task<bool> passing = replica.Points.EnterAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();

        replica.Points.CountPassed(Point, earlier);
        replica.Time.Advance(HoldingRoom.Longest - TimeSpan.FromMilliseconds(1));
        passing.IsCompleted.ShouldBeFalse();

        await replica.PassAsync(Point);
        await passing.EndsAsync();
    }

    [Fact]
    public async Task Held_message_goes_on_after_five_seconds_when_nobody_comes()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Reorder);
        Task passing = replica.Points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();

        replica.Time.Advance(TimeSpan.FromSeconds(4.9));
        passing.IsCompleted.ShouldBeFalse();

        replica.Time.Advance(TimeSpan.FromSeconds(0.1));
        await passing.EndsAsync();
    }

    [Fact]
    public async Task Held_message_goes_on_when_the_anomaly_is_removed()
    {
        using var replica = new Replica();
        Anomaly anomaly = await replica.PlaceAsync(Point, FaultKinds.Reorder);
        Task passing = replica.Points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();

        await replica.Panel.RemoveAsync(anomaly.Id, CancellationToken.None);

        await passing.EndsAsync();
        replica.Points.IsArmed(Point).ShouldBeFalse();
    }

    [Fact]
    public async Task In_a_batch_the_others_go_first_and_count_as_later_ones()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Reorder, new AnomalyParameters { Hold = 2 }, new TriggerSpec { Nth = 2 });
        Passage[] batch = [Replica.PassageOf(), Replica.PassageOf(), Replica.PassageOf(), Replica.PassageOf()];

        await replica.Points.PassAsync(Point, batch, CancellationToken.None);

        batch.Select(passage => passage.Fate).ShouldBe([PassageFate.Go, PassageFate.Held, PassageFate.Go, PassageFate.Go]);
        await batch[1].Release.EndsAsync();
    }

    [Fact]
    public async Task Those_before_it_in_its_batch_and_those_that_are_lost_do_not_count()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Reorder, trigger: new TriggerSpec { Nth = 2 });
        await replica.PlaceAsync(Replica.AnomalyOf(Point, FaultKinds.Drop, trigger: new TriggerSpec { Nth = 3 }));
        Passage[] batch = [Replica.PassageOf(), Replica.PassageOf(), Replica.PassageOf()];

        await replica.Points.PassAsync(Point, batch, CancellationToken.None);

        batch.Select(passage => passage.Fate).ShouldBe([PassageFate.Go, PassageFate.Held, PassageFate.Lost]);
        batch[1].Release.IsCompleted.ShouldBeFalse();

        await replica.PassAsync(Point);
        await batch[1].Release.EndsAsync();
    }

    [Fact]
    public async Task While_one_is_held_the_next_overtakes_it_although_the_trigger_fires_on_all()
    {
        using var replica = new Replica();
        await replica.PlaceAsync(Point, FaultKinds.Reorder);
        Task first = replica.Points.PassAsync(Point, Replica.PassageOf(), CancellationToken.None).AsTask();
        first.IsCompleted.ShouldBeFalse();

        await replica.PassAsync(Point);

        await first.EndsAsync();
    }
}
