using Restaurant.Orders.Data;

namespace Restaurant.Orders.Endpoints;

/// <summary>An order as a reader sees it.</summary>
internal sealed record OrderReply(Guid OrderId, string CustomerId, DateTimeOffset PlacedAt, decimal DiscountPercentage, decimal Amount, IReadOnlyList<OrderItem> Items)
{
    public static OrderReply Of(Order order) => new(order.Id, order.CustomerId, order.PlacedAt, order.Discount, order.Amount, order.Items);
}
