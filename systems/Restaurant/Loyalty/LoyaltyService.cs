using Faultline.Hosting;
using Restaurant.Loyalty.Endpoints;

namespace Restaurant.Loyalty;

internal static class LoyaltyService
{
    public static void Configure(ServiceBuilder service) => service
        .Maps(ReadDiscount.Map, NoteOrder.Map)
        .Migrates(from: "Loyalty/Migrations")
        .States("known", "select customer_id as subject, order_id from known_order order by noted_at");
}
