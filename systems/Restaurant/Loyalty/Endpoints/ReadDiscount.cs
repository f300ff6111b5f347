using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Restaurant.Loyalty.Endpoints;

/// <summary>GET /customer-discounts/{customerId}: one per cent for each order that loyalty knows of, at most ten.</summary>
internal static class ReadDiscount
{
    private const int OrdersMax = 10;

    public sealed record Reply(decimal DiscountPercentage);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/customer-discounts/{customerId}", HandleAsync);

    private static async Task<IResult> HandleAsync(string customerId, NpgsqlDataSource database, HttpContext http)
    {
        await using NpgsqlCommand read = database.CreateCommand("select count(*) from known_order where customer_id = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = customerId });
        long known = (long)(await read.ExecuteScalarAsync(http.RequestAborted))!;
        return Results.Ok(new Reply(Math.Min(known, OrdersMax) / 100m));
    }
}
