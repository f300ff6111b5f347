using Restaurant.Orders.Endpoints;

namespace Restaurant.Tests.Orders;

public sealed class OrderRulesTests
{
    [Fact]
    public void A_usual_order_is_accepted() => OrderRules.Check(Order("c1", ("burger", 2), ("fries", 1))).ShouldBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_001)]
    public void A_quantity_out_of_range_is_named(int quantity) => OrderRules.Check(Order("c1", ("fries", quantity))).ShouldContainKey("items[0].quantity");

    [Fact]
    public void A_product_that_is_there_twice_is_named() => OrderRules.Check(Order("c1", ("fries", 1), ("coke", 1), ("fries", 2)))["items"].ShouldContain("'fries'");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two words")]
    public void A_customer_who_cannot_be_is_named(string? customer) => OrderRules.Check(Order(customer, ("fries", 1))).ShouldContainKey("customerId");

    [Fact]
    public void An_order_without_lines_is_refused()
    {
        OrderRules.Check(Order("c1")).ShouldContainKey("items");
        OrderRules.Check(new PlaceOrder.Request("c1", null)).ShouldContainKey("items");
        OrderRules.Check(Order("c1", (null, 1))).ShouldContainKey("items[0].id");
    }

    private static PlaceOrder.Request Order(string? customer, params (string? Id, int Quantity)[] lines) => new(customer, [.. lines.Select(line => new PlaceOrder.Line(line.Id, line.Quantity))]);
}
