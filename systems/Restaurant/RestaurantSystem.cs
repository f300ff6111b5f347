using Faultline.Hosting;

namespace Restaurant;

/// <summary>Restaurant: orders over HTTP, with prices from the menu and a discount from loyalty.</summary>
public static class RestaurantSystem
{
    /// <summary>The system and its services.</summary>
    public static SystemDefinition Definition { get; } = new(
        "restaurant",
        [
            new ServiceDefinition("restaurant/menu", Menu.MenuService.Configure, typeof(RestaurantSystem).Assembly),
            new ServiceDefinition("restaurant/loyalty", Loyalty.LoyaltyService.Configure, typeof(RestaurantSystem).Assembly),
            new ServiceDefinition("restaurant/orders", Orders.OrdersService.Configure, typeof(RestaurantSystem).Assembly),
        ]);
}
