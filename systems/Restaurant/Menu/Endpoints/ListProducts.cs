using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Restaurant.Menu.Endpoints;

/// <summary>GET /products: the whole menu.</summary>
internal static class ListProducts
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/products", HandleAsync);

    private static async Task<IResult> HandleAsync(NpgsqlDataSource database, HttpContext http)
    {
        await using NpgsqlCommand read = database.CreateCommand("select id, price from product order by id");
        await using NpgsqlDataReader rows = await read.ExecuteReaderAsync(http.RequestAborted);
        var products = new List<ReadProduct.Reply>();
        while (await rows.ReadAsync(http.RequestAborted)) products.Add(new ReadProduct.Reply(rows.GetString(0), rows.GetDecimal(1)));
        return Results.Ok(products);
    }
}
