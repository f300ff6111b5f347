using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Restaurant.Menu.Endpoints;

/// <summary>GET /products/{id}: one product with its price.</summary>
internal static class ReadProduct
{
    public sealed record Reply(string Id, decimal Price);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/products/{id}", HandleAsync);

    private static async Task<IResult> HandleAsync(string id, NpgsqlDataSource database, HttpContext http)
    {
        await using NpgsqlCommand read = database.CreateCommand("select price from product where id = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = id });
        return await read.ExecuteScalarAsync(http.RequestAborted) is decimal price
            ? Results.Ok(new Reply(id, price))
            : Problems.Of(StatusCodes.Status404NotFound, "product.unknown", "there is no product of this id; GET /products lists them");
    }
}
