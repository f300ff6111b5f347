using Faultline.Messaging.Publishing;

namespace Restaurant.Orders.Contracts;

/// <summary>An order is stored, and loyalty is still to hear of it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="PlacedAt">When, UTC.</param>
[Message("restaurant.order-placed")]
public sealed record OrderPlaced(Guid OrderId, string CustomerId, DateTimeOffset PlacedAt) : IMessage
{
    string? IMessage.Key => CustomerId;
}
