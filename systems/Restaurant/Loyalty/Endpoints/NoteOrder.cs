using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Restaurant.Loyalty.Endpoints;

/// <summary>POST /orders: takes note of an order; told again, it changes nothing.</summary>
internal static class NoteOrder
{
    private const int CustomerIdMax = 100;

    public sealed record Request(Guid OrderId, string CustomerId, DateTimeOffset PlacedAt);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/orders", HandleAsync);

    private static async Task<IResult> HandleAsync(Request request, NpgsqlDataSource database, TimeProvider time, HttpContext http)
    {
        if (request.CustomerId.Length is 0 or > CustomerIdMax) return Problems.Of(StatusCodes.Status400BadRequest, "order.invalid", $"customerId must have 1 to {CustomerIdMax} characters; it has {request.CustomerId.Length}");

        await using NpgsqlCommand note = database.CreateCommand("insert into known_order (order_id, customer_id, placed_at, noted_at) values ($1, $2, $3, $4) on conflict (order_id) do nothing");
        note.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = request.OrderId }, new() { Value = request.CustomerId }, new() { Value = request.PlacedAt.UtcDateTime }, new() { Value = time.GetUtcNow().UtcDateTime },
        });
        await note.ExecuteNonQueryAsync(http.RequestAborted);
        return Results.NoContent();
    }
}
