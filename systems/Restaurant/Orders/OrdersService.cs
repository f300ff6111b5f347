using Faultline.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Restaurant.Orders.Calls;
using Restaurant.Orders.Contracts;
using Restaurant.Orders.Data;
using Restaurant.Orders.Endpoints;
using Restaurant.Orders.Guards;
using Restaurant.Orders.Handlers;

namespace Restaurant.Orders;

internal static class OrdersService
{
    public static void Configure(ServiceBuilder service) => service
        .Publishes<OrderPlaced>()
        .Consumes<OrderPlaced, OrderPlacedHandler>()
        .ConsumesWith(OrderPlacedHandler.Consuming)
        .Calls("restaurant/menu")
        .Calls("restaurant/loyalty")
        .Guards(OrderGuards.All)
        .Maps(PlaceOrder.Map, ReadOrder.Map, ListOrders.Map)
        .Migrates(from: "Orders/Migrations")
        .States("halves", OrderRows.Halves)
        .Uses((services, _) =>
        {
            services.AddHttpClient(Peer.HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan);
            services.AddSingleton<MenuClient>().AddSingleton<LoyaltyClient>().AddSingleton<PriceCache>().AddSingleton<PlaceOrder.Parts>().AddSingleton<OrderRows>().AddSingleton<Detached>();
        });
}
