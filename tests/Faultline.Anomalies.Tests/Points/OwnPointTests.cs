using Faultline.Protocol.Faults;

namespace Faultline.Anomalies.Tests.Points;

public sealed class OwnPointTests
{
    private static readonly FaultPoint Pack = OwnPoint.Declare("orders.pack.before", "paid and not packed", FaultKinds.Drop, FaultKinds.Duplicate);
    private static readonly FaultPoint Ship = OwnPoint.Declare("orders.ship.after", "shipped and not told");

    [Fact]
    public async Task Fault_at_a_point_of_the_application_acts_there_and_nowhere_else()
    {
        var store = new MemoryControlStore();
        using var points = new FaultPipeline("orders-1", store, TimeProvider.System, own: [Pack]);
        using var panel = new ControlPanel(Replica.Service, store, points, TimeProvider.System);
        Anomaly anomaly = (await panel.PlaceAsync(Replica.AnomalyOf(Pack, FaultKinds.Drop), CancellationToken.None)).Anomaly;
        Passage passage = Replica.PassageOf();

        await points.PassAsync(Pack, passage, CancellationToken.None);

        passage.Fate.ShouldBe(PassageFate.Lost);
        FaultPoints.All.ShouldAllBe(point => !points.IsArmed(point));
        (await panel.ListFiringsAsync(0, 10, CancellationToken.None)).ShouldHaveSingleItem().Point.ShouldBe("orders.pack.before");
        await panel.RemoveAsync(anomaly.Id, CancellationToken.None);
        points.IsArmed(Pack).ShouldBeFalse();
    }

    [Fact]
    public async Task Point_that_the_process_was_not_told_of_is_never_armed()
    {
        var store = new MemoryControlStore();
        using var points = new FaultPipeline("orders-1", store, TimeProvider.System, own: [Ship]);
        using var panel = new ControlPanel(Replica.Service, store, points, TimeProvider.System);
        using var strange = new Replica();
        await panel.PlaceAsync(Replica.AnomalyOf(Pack, FaultKinds.Drop), CancellationToken.None);
        Passage passage = Replica.PassageOf();

        await points.PassAsync(Pack, passage, CancellationToken.None);
        await strange.Points.PassAsync(Ship, passage, CancellationToken.None);

        (points.IsArmed(Pack), strange.Points.IsArmed(Ship), passage.Fate).ShouldBe((false, false, PassageFate.Go));
    }

    [Fact]
    public void Two_points_of_one_name_are_refused() => Should.Throw<ArgumentException>(() => new FaultPipeline("orders-1", new MemoryControlStore(), TimeProvider.System, own: [Pack, Ship, Pack]));

    [Fact]
    public void Kinds_that_happen_inside_the_point_are_always_honoured_and_others_when_they_are_named()
    {
        Pack.OwnKinds.ShouldBe([FaultKinds.Delay, FaultKinds.Exception, FaultKinds.Hang, FaultKinds.Crash, FaultKinds.Drop, FaultKinds.Duplicate]);
        Ship.OwnKinds.ShouldBe([FaultKinds.Delay, FaultKinds.Exception, FaultKinds.Hang, FaultKinds.Crash]);
        (FaultTable.Of(FaultKinds.Drop, Pack).Effect, FaultTable.Of(FaultKinds.Drop, Ship).Effect).ShouldBe((FaultEffect.Open, FaultEffect.Refused));
    }

    [Theory]
    [InlineData("pack", "<pipeline>.<step>.before")]
    [InlineData("Orders.pack.before", "lower case")]
    [InlineData("orders.pack.during", ".before or")]
    [InlineData("relay.send.before", "one of the product's own")]
    [InlineData("http.pack.before", "must not begin with http or db")]
    public void Name_that_cannot_be_is_told(string name, string told) => Should.Throw<ArgumentException>(() => OwnPoint.Declare(name, "x")).Message.ShouldContain(told);

    [Fact]
    public void Kind_that_does_not_exist_is_told() => Should.Throw<ArgumentException>(() => OwnPoint.Declare("orders.pack.after", "x", "explode")).Message.ShouldContain("there is no kind 'explode'; it must be one of: delay");
}
