using Faultline.Protocol.Faults;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;
using Faultline.Verification.Tests.Experiments;

namespace Faultline.Verification.Tests.Schedules;

public sealed class PinTests
{
    private static readonly Guid Set = new(1, 0, 0, new byte[8]);

    [Fact]
    public void Firing_is_pinned_by_operation_and_message_type()
    {
        World world = World.Clean();
        Firing firing = world.Fire(world.First(World.MealReady), World.Orders, "consume.ack.before", "crash", Set);

        Pin.Of([firing]).ShouldBe([new Pin("cell/000001", World.MealReady)]);
    }

    [Fact]
    public void Attempts_in_a_row_are_one_pin()
    {
        World world = World.Clean();
        Firing firing = world.Fire(world.First(World.MealReady), World.Orders, "consume.handle.before", "exception", Set);

        Pin.Of([firing, firing with { Id = 2, Attempt = 2 }, firing with { Id = 3, Attempt = 3 }]).ShouldBe([new Pin("cell/000001", World.MealReady, 1, 3)]);
        Pin.Of([firing with { Attempt = 2 }]).ShouldHaveSingleItem().Trigger.ShouldBe(new TriggerSpec { Nth = 2 });
    }

    [Fact]
    public void Replay_places_the_fault_on_what_it_hit()
    {
        World world = World.Clean();
        AnomalyFault fault = World.Anomaly("crash", "consume.ack.before", World.Kitchen) with { Trigger = new TriggerSpec { Nth = 7 } };
        Firing firing = world.Fire(world.First(World.OrderPlaced), World.Kitchen, "consume.ack.before", "crash", Set);

        Experiment replay = Replay.Of(World.Experiment() with { Schedule = [fault] }, new Dictionary<string, IReadOnlyList<Firing>> { [fault.Name] = [firing] });

        Reading reading = ExperimentReader.Read(ExperimentWriter.Write(replay), "replay.yaml", Shop.Catalogue);
        reading.Lines.ShouldBeEmpty();
        AnomalyRequest request = Placement.Requests((AnomalyFault)reading.Battery!.Cells[0].Schedule[0], "cell", new Seed(1)).ShouldHaveSingleItem();
        request.Trigger.ShouldBe(new TriggerSpec { Nth = 1 });
        request.Match!.MessageType.ShouldBe(World.OrderPlaced);
        request.Match.Headers!.OrderBy(header => header.Key).ShouldBe([new("fl-cell", "cell"), new("fl-operation", "cell/000001")]);
    }

    [Fact]
    public void Fault_that_never_fired_keeps_its_trigger_in_a_replay()
    {
        AnomalyFault fault = World.Anomaly("crash", "consume.ack.before", World.Kitchen);

        Replay.Of(World.Experiment() with { Schedule = [fault] }, new Dictionary<string, IReadOnlyList<Firing>>()).Schedule.ShouldHaveSingleItem().ShouldBe(fault);
    }

    [Fact]
    public void Cell_with_the_system_to_itself_needs_no_header()
    {
        Placement.Requests(World.Anomaly("crash", "consume.ack.before", World.Kitchen), cell: null, new Seed(1)).ShouldHaveSingleItem().Match.ShouldBeNull();
        Placement.Requests(World.Anomaly("crash", "consume.ack.before", World.Kitchen), "a", new Seed(1))[0].Seed.ShouldNotBe(Placement.Requests(World.Anomaly("crash", "consume.ack.before", World.Kitchen), "b", new Seed(1))[0].Seed);
    }
}
