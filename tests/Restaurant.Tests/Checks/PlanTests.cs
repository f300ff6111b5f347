using Faultline.Protocol.Guards;
using Faultline.Verification.Experiments;
using Faultline.Verification.Profiles;
using Restaurant.Checks;
using Restaurant.Checks.Plans;
using Restaurant.Orders.Guards;

namespace Restaurant.Tests.Checks;

public sealed class PlanTests
{
    [Theory]
    [InlineData(1, "c1", "0.00", "25.00", "0.01")]
    [InlineData(2, "c1", "0.01", "19.80", "0.02")]
    [InlineData(3, "c2", "0.00", "10.00", "0.01")]
    [InlineData(4, "c2", "0.01", "29.70", "0.02")]
    [InlineData(5, "c2", "0.02", "9.80", "0.03")]
    [InlineData(6, "c3", "0.00", "10.00", "0.01")]
    public void The_tests_are_those_of_the_table(int number, string customer, string discount, string amount, string next)
    {
        PlannedOrder order = OrderPlans.Of("tests", $"complete/{number:D6}")!;

        order.Customer.ShouldStartWith($"{customer}-");
        (order.Discount, order.Amount, order.NextDiscount).ShouldBe((Number(discount), Number(amount), Number(next)));
        Prices.AmountOf(order.Items, Number(discount)).ShouldBe(Number(amount));
    }

    [Fact]
    public void Customers_are_new_in_each_run()
    {
        OrderPlans.Of("tests", "a~complete/000001")!.Customer.ShouldNotBe(OrderPlans.Of("tests", "b~complete/000001")!.Customer);
        OrderPlans.Of("tests", "a~complete/000001")!.Customer.ShouldBe(OrderPlans.Of("tests", "a~complete/000002")!.Customer);
    }

    [Fact]
    public void In_the_rush_the_lines_of_an_order_tell_which_one_of_its_customer_it_is()
    {
        PlannedOrder[] orders = [.. Enumerable.Range(1, 40).Select(number => OrderPlans.Of("rush", $"rush/{number:D6}")!)];

        foreach (IGrouping<string, PlannedOrder> customer in orders.GroupBy(order => order.Customer))
        {
            customer.Count().ShouldBe(5);
            foreach (PlannedOrder order in customer) customer.Count(other => other.HasLines(order.Items)).ShouldBe(1);
        }
    }

    [Fact]
    public void The_workshop_fails_as_often_as_its_table_says()
    {
        FaultProfile workshop = new RestaurantChecks().Profiles.Single(profile => profile.Name == "workshop");

        workshop.Links.Select(link => (link.Link, link.FailsBefore, link.FailsAfter, link.LatencyMax.TotalSeconds))
            .ShouldBe([("client-orders", 0.15, 0.30, 1.0), ("orders-loyalty", 0.25, 0.25, 1.0), ("orders-menu", 0.15, 0.15, 1.0)]);
        workshop.Disruptor.ShouldBe(new DisruptorPlan(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), workshop.Disruptor!.Targets, Overlap: false));
        workshop.Disruptor.Targets.ShouldBe(["restaurant/orders", "restaurant/menu", "restaurant/loyalty", "postgres/services"]);
    }

    [Fact]
    public void The_ladder_begins_naive_and_ends_with_every_guard()
    {
        var system = new SystemDescription("restaurant", [], [], []);
        Battery ladder = new RestaurantChecks().Batteries.Single(battery => battery.Name == "restaurant/ladder").Make(system);

        ladder.Cells.Select(cell => cell.Guards.Count).ShouldBe([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
        ladder.Cells.SelectMany(cell => cell.Guards).ShouldAllBe(guard => !guard.On && guard.Service == "restaurant/orders");
    }

    [Fact]
    public void Each_guard_of_speed_or_load_is_measured_on_and_off()
    {
        Battery speed = new RestaurantChecks().Batteries.Single(battery => battery.Name == "restaurant/speed").Make(new SystemDescription("restaurant", [], [], []));

        foreach (GuardDescription guard in OrderGuards.All.Where(guard => guard.Class is GuardClass.Speed or GuardClass.Load))
        {
            Experiment on = speed.Cells.Single(cell => cell.Name == $"{guard.Name}-on");
            Experiment off = speed.Cells.Single(cell => cell.Name == $"{guard.Name}-off");
            on.ExpectViolation.ShouldBeNull();
            off.ExpectViolation.ShouldBe(off.Invariants[^1].Name);
            on.Invariants.Select(rule => rule.Name).ShouldBe(off.Invariants.Select(rule => rule.Name));
            on.Schedule.Select(fault => fault.Says).ShouldBe(off.Schedule.Select(fault => fault.Says));
            off.Guards.Select(one => one.Guard).Except(on.Guards.Select(one => one.Guard)).ShouldBe([guard.Name]);
        }
    }

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
