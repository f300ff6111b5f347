using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Restaurant.Orders.Data;

namespace Restaurant.Orders.Endpoints;

/// <summary>GET /orders?customerId=: the orders of a customer, oldest first.</summary>
internal static class ListOrders
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/orders", HandleAsync);

    private static async Task<IResult> HandleAsync(string? customerId, OrderRows rows, HttpContext http)
    {
        if (string.IsNullOrEmpty(customerId)) return Problems.Of(StatusCodes.Status400BadRequest, "customer.missing", "say whose orders: /orders?customerId=...");
        return Results.Ok((await rows.OfCustomerAsync(customerId, http.RequestAborted)).Select(OrderReply.Of));
    }
}
