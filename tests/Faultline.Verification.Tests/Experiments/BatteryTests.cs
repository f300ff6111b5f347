using Faultline.Protocol.Faults;
using Faultline.Triggers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Schedules;

namespace Faultline.Verification.Tests.Experiments;

public sealed class BatteryTests
{
    private static readonly Battery Matrix = BatteryMatrix.Of(Shop.System, new MatrixOptions
    {
        Workload = new WorkloadSpec { Name = "lunch", Operations = 1 },
        HttpServices = [World.Orders],
        Scheduled = new HashSet<string> { World.MealReady },
    });

    [Fact]
    public void Matrix_has_every_cell_that_is_not_refused_once()
    {
        (string, string, string, string?)[] cells = [.. Matrix.Cells.Select(cell => (AnomalyFault)cell.Schedule[^1]).Select(fault => (fault.Service, fault.Point, fault.Kind, fault.Match?.MessageType))];

        cells.Distinct().Count().ShouldBe(cells.Length);
        cells.ShouldContain((World.Kitchen, "consume.ack.before", "crash", World.OrderPlaced));
        cells.ShouldContain((World.Kitchen, "schedule.fire.before", "swallow", World.MealReady));
        cells.ShouldNotContain(cell => cell.Item2 == "schedule.fire.before" && cell.Item4 == World.OrderPlaced);
        cells.Count(cell => cell.Item1 == World.Kitchen && cell.Item2.StartsWith("consume.", StringComparison.Ordinal))
            .ShouldBe(FaultTable.All.Count(cell => cell.Effect != FaultEffect.Refused && cell.Point.Pipeline == "consume"));
        cells.Where(cell => cell.Item2.StartsWith("http.", StringComparison.Ordinal)).Select(cell => cell.Item2).Distinct().ShouldBe(["http.request.before", "http.response.before"]);
    }

    [Fact]
    public void Matrix_is_a_battery_that_the_reader_accepts()
    {
        Reading reading = ExperimentReader.Read(ExperimentWriter.Write(Matrix), "matrix.yaml", Shop.Catalogue);

        reading.Lines.ShouldBeEmpty();
        reading.Battery!.Cells.Count.ShouldBe(Matrix.Cells.Count);
    }

    [Fact]
    public void Parking_is_reached_by_a_failure_that_passes_and_the_dead_letters_by_one_that_does_not()
    {
        Helper("retry.park.before").Parameters!.Transient.ShouldBe(true);
        Helper("deadletter.move.before").Parameters!.Transient.ShouldBe(false);

        static AnomalyFault Helper(string point) => (AnomalyFault)Matrix.Cells.First(cell => cell.Schedule[^1] is AnomalyFault fault && fault.Point == point).Schedule[0];
    }

    [Fact]
    public void What_leads_to_the_dead_letters_hits_one_operation_whenever_it_comes_by_and_no_other()
    {
        // A count over all operations would be used up by batches that fail, and by deaths between a failure and the move.
        foreach (Experiment cell in Matrix.Cells.Where(cell => cell.Schedule[^1] is AnomalyFault fault && fault.Point.StartsWith("deadletter", StringComparison.Ordinal)))
        {
            Pin pin = ((AnomalyFault)cell.Schedule[0]).Pins.ShouldHaveSingleItem();
            pin.OperationId.ShouldBe(Cells.OperationId(cell.Name, 1));
            pin.Times.ShouldBeGreaterThan(100);
            cell.Schedule.Count.ShouldBe(2);
        }
    }

    [Fact]
    public void Cells_of_one_setting_share_a_running_system_and_faults_that_disturb_others_run_alone()
    {
        IReadOnlyList<CellGroup> groups = BatteryPlan.Groups(Matrix);

        groups.Sum(group => group.Cells.Count).ShouldBe(Matrix.Cells.Count);
        groups.ShouldAllBe(group => group.Cells.Select(cell => string.Join(",", cell.Guards)).Distinct().Count() == 1);
        groups.Skip(1).First().Together.ShouldBeTrue(); // The first cell warms what has just started.
        groups.Skip(1).First().Cells.SelectMany(cell => cell.Schedule).OfType<AnomalyFault>().Select(fault => fault.Kind).ShouldBeSubsetOf(FaultKinds.All);
        groups.Where(group => group.Together && group.Setting.Guards.Count > 0).SelectMany(group => group.Cells).SelectMany(cell => cell.Schedule).OfType<AnomalyFault>().ShouldAllBe(fault => fault.Kind != "exception");
        groups.Where(group => group.Together && group.Setting.Guards.Count > 0).SelectMany(group => group.Cells).SelectMany(cell => cell.Schedule).OfType<AnomalyFault>().ShouldAllBe(fault => fault.Kind != "crash");
    }

    [Fact]
    public void Under_a_profile_copies_of_one_cell_share_a_system_and_other_cells_do_not()
    {
        Experiment cell = Matrix.Cells[0] with { Schedule = [], Profile = "weather" };
        var battery = new Battery("two", "two", [cell with { Name = "first" }, cell with { Name = "second" }]);

        BatteryPlan.Groups(battery).ShouldAllBe(group => !group.Together);
        IReadOnlyList<CellGroup> groups = BatteryPlan.Groups(Copies.Of(battery, new Seed(7), 3));

        groups.Select(group => group.Cells.Select(copy => (copy.Name, copy.Seed, copy.CopyOf))).ShouldBe(
        [
            [("first-seed-7", 7ul, "first"), ("first-seed-8", 8ul, "first"), ("first-seed-9", 9ul, "first")],
            [("second-seed-7", 7ul, "second"), ("second-seed-8", 8ul, "second"), ("second-seed-9", 9ul, "second")],
        ]);
        groups.ShouldAllBe(group => group.Together);
    }

    [Fact]
    public void A_copy_pins_its_faults_to_operations_of_its_own()
    {
        Experiment pinned = Matrix.Cells.First(cell => cell.Schedule[0] is AnomalyFault { Pins.Count: > 0 });

        Experiment copy = Copies.Of(new Battery("one", "one", [pinned]), new Seed(7), 2).Cells[1];

        copy.Name.ShouldBe($"{pinned.Name}-seed-8");
        ((AnomalyFault)copy.Schedule[0]).Pins.ShouldHaveSingleItem().OperationId.ShouldBe(Cells.OperationId(copy.Name, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public void Too_few_or_too_many_copies_are_refused(int count) => Should.Throw<ArgumentOutOfRangeException>(() => Copies.Of(Matrix, new Seed(1), count));

    [Fact]
    public void One_copy_is_the_battery_itself() => Copies.Of(Matrix, new Seed(1), 1).ShouldBeSameAs(Matrix);

    [Fact]
    public void Cells_that_run_at_the_same_time_have_no_more_clients_than_a_small_machine_serves()
    {
        Experiment cell = Matrix.Cells[0] with { Schedule = [] };
        Experiment[] cells = [.. Enumerable.Range(1, 20).Select(number => cell with { Name = $"cell-{number}", Workload = cell.Workload with { Concurrency = number == 20 ? BatteryPlan.ClientsAtOnceMax * 2 : 5 } })];

        IReadOnlyList<CellGroup> groups = BatteryPlan.Groups(new Battery("many", "many", cells));

        groups.SelectMany(group => group.Cells).Select(one => one.Name).ShouldBe(cells.Select(one => one.Name));
        groups.SkipLast(1).ShouldAllBe(group => group.Cells.Sum(one => one.Workload.Concurrency) <= BatteryPlan.ClientsAtOnceMax);
        groups[0].Cells.Count.ShouldBe(1); // Processes that have just started meet one cell and not a crowd.
        groups[1].Cells.Count.ShouldBe(BatteryPlan.ClientsAtOnceMax / 5);
        BatteryPlan.Groups(new Battery("few", "few", cells[..(BatteryPlan.ClientsAtStartMax / 5)])).ShouldHaveSingleItem().Together.ShouldBeTrue();
        groups[^1].Cells.Single().Name.ShouldBe("cell-20"); // One that has more alone runs all the same.
    }

    [Theory]
    [InlineData("cell/000001", "cell")]
    [InlineData("a/b/1", "a/b")]
    [InlineData("cell", null)]
    [InlineData(null, null)]
    public void Cell_is_told_from_the_operation_id(string? operation, string? cell) => Cells.CellOf(operation).ShouldBe(cell);

    [Fact]
    public void Operation_id_begins_with_the_prefix_of_its_cell_and_tells_runs_apart()
    {
        Cells.OperationId("lunch", 7).ShouldStartWith(Cells.OperationIdPrefix("lunch"));
        Cells.OperationId("lunch", 7, "run2").ShouldStartWith(Cells.OperationIdPrefix("lunch", "run2"));
        Cells.OperationId("lunch", 7, "run2").ShouldNotStartWith(Cells.OperationIdPrefix("lunch"));
        Cells.CellOf(Cells.OperationId("lunch", 7, "run2")).ShouldBe("lunch");
    }
}
