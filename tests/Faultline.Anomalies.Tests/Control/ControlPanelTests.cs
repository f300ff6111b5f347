using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.TestSupport;

namespace Faultline.Anomalies.Tests.Control;

public sealed class ControlPanelTests
{
    private static readonly FaultPoint Point = FaultPoints.RelaySendBefore;

    [Fact]
    public async Task Change_is_in_force_at_once_and_announced_with_its_version()
    {
        using var replica = new Replica();
        List<long> announced = [];
        replica.Panel.Announce = (version, _) =>
        {
            announced.Add(version);
            return Task.CompletedTask;
        };

        Anomaly anomaly = await replica.PlaceAsync(Point, FaultKinds.Drop);
        replica.Points.IsArmed(Point).ShouldBeTrue();
        await replica.Panel.RemoveAsync(anomaly.Id, CancellationToken.None);
        await replica.Panel.RemoveAsync(anomaly.Id, CancellationToken.None); // Changes nothing, so there is nothing to tell.
        await replica.Panel.SwitchAsync(GuardNames.Inbox, on: false, CancellationToken.None);

        announced.ShouldBe([1, 2, 3]);
        replica.Panel.Version.ShouldBe(3);
    }

    [Fact]
    public async Task Announcement_brings_the_other_instance_up_to_date()
    {
        using var one = new Replica("orders-1");
        using var two = new Replica("orders-2", one.Store, one.Time);
        one.Panel.Announce = two.Panel.OnAnnouncedAsync;

        await one.PlaceAsync(Point, FaultKinds.Drop);
        await one.Panel.SwitchAsync(GuardNames.Outbox, on: false, CancellationToken.None);

        two.Points.IsArmed(Point).ShouldBeTrue();
        two.Panel.Guards.Outbox.ShouldBeFalse();
        two.Panel.IsOn(GuardNames.Inbox).ShouldBeTrue();
    }

    [Fact]
    public async Task Late_and_repeated_announcements_read_nothing()
    {
        var store = new FailingStore();
        using var replica = new Replica(store: store);
        await replica.PlaceAsync(Point, FaultKinds.Drop);
        int before = store.Readings;

        await replica.Panel.OnAnnouncedAsync(1, CancellationToken.None);
        await replica.Panel.OnAnnouncedAsync(0, CancellationToken.None);

        store.Readings.ShouldBe(before);
    }

    [Fact]
    public async Task Change_stands_although_the_announcement_fails()
    {
        using var replica = new Replica();
        replica.Panel.Announce = (_, _) => throw new IOException("the broker is away");

        await replica.PlaceAsync(Point, FaultKinds.Drop);

        replica.Points.IsArmed(Point).ShouldBeTrue();
    }

    [Fact]
    public async Task Instance_that_heard_nothing_reads_again_after_ten_seconds()
    {
        using var one = new Replica("orders-1");
        using var two = new Replica("orders-2", one.Store, one.Time);
        await two.Panel.RefreshAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        int timers = one.Time.TimersWaiting;
        Task watching = two.Panel.RunAsync(stop.Token);
        await Limits.UntilAsync(() => one.Time.TimersWaiting > timers, "the panel waits");
        await one.PlaceAsync(Point, FaultKinds.Drop);

        one.Time.Advance(TimeSpan.FromSeconds(9.9));
        two.Points.IsArmed(Point).ShouldBeFalse();
        one.Time.Advance(TimeSpan.FromSeconds(0.1));
        await Limits.UntilAsync(() => two.Points.IsArmed(Point), "the lost announcement is made good");

        await stop.CancelAsync();
        await watching.EndsAsync();
    }

    [Fact]
    public async Task Watch_survives_a_store_that_is_away()
    {
        var store = new FailingStore { IsDown = true };
        using var replica = new Replica(store: store);
        using var stop = new CancellationTokenSource();
        Task watching = replica.Panel.RunAsync(stop.Token);

        await Limits.UntilAsync(() => Advance(replica) && store.Readings >= 2, "it reads again");
        store.IsDown = false;
        await Limits.UntilAsync(() => Advance(replica) && replica.Panel.Version == 0, "it has read");

        await stop.CancelAsync();
        await watching.EndsAsync();
    }

    [Fact]
    public async Task Start_fails_when_the_store_cannot_be_read()
    {
        using var replica = new Replica(store: new FailingStore { IsDown = true });

        await Should.ThrowAsync<IOException>(() => replica.Panel.RefreshAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Same_anomaly_with_the_same_id_changes_nothing_and_another_one_is_refused()
    {
        using var replica = new Replica();
        Anomaly anomaly = await replica.PlaceAsync(Point, FaultKinds.Drop);
        await replica.PassAsync(Point);

        Placed again = await replica.Panel.PlaceAsync(anomaly with { CreatedAt = anomaly.CreatedAt.AddDays(1) }, CancellationToken.None);
        Placed other = await replica.Panel.PlaceAsync(anomaly with { Kind = FaultKinds.Swallow }, CancellationToken.None);

        (again.Result, again.Anomaly.Fired, other.Result).ShouldBe((PlaceResult.Unchanged, 1, PlaceResult.Conflict));
        (await replica.CountersAsync(anomaly.Id)).Kind.ShouldBe(FaultKinds.Drop);
    }

    [Fact]
    public async Task Every_guard_is_on_until_it_is_switched_and_can_be_read_by_name_and_by_property()
    {
        using var replica = new Replica();
        (await replica.Panel.ListGuardsAsync(CancellationToken.None)).ShouldAllBe(guard => guard.On && guard.ChangedAt == null && guard.Service == Replica.Service);

        foreach (GuardDescription guard in GuardNames.All)
        {
            await replica.Panel.SwitchAsync(guard.Name, on: false, CancellationToken.None);
            OffByProperty(replica.Panel.Guards).ShouldBe(1);
            replica.Panel.IsOn(guard.Name).ShouldBeFalse();
            await replica.Panel.SwitchAsync(guard.Name, on: true, CancellationToken.None);
        }

        OffByProperty(replica.Panel.Guards).ShouldBe(0);
        (await replica.Panel.ListGuardsAsync(CancellationToken.None)).Select(guard => guard.Name).ShouldBe(GuardNames.All.Select(guard => guard.Name));
    }

    private static bool Advance(Replica replica)
    {
        replica.Time.Advance(TimeSpan.FromSeconds(10));
        return true;
    }

    private static int OffByProperty(GuardSet guards) =>
        typeof(GuardSet).GetProperties().Where(property => property.PropertyType == typeof(bool)).Count(property => !(bool)property.GetValue(guards)!);
}
