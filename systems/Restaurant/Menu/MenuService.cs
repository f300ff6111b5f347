using Faultline.Hosting;
using Restaurant.Menu.Endpoints;

namespace Restaurant.Menu;

internal static class MenuService
{
    public static void Configure(ServiceBuilder service) => service
        .Maps(ListProducts.Map, ReadProduct.Map)
        .Migrates(from: "Menu/Migrations");
}
