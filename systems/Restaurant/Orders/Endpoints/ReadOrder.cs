using Faultline.Hosting.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Restaurant.Orders.Data;

namespace Restaurant.Orders.Endpoints;

/// <summary>GET /orders/{id}: one order with its items.</summary>
internal static class ReadOrder
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/orders/{id:guid}", HandleAsync);

    private static async Task<IResult> HandleAsync(Guid id, OrderRows rows, HttpContext http) =>
        await rows.FindAsync(id, http.RequestAborted) is { } order ? Results.Ok(OrderReply.Of(order)) : Problems.Of(StatusCodes.Status404NotFound, "order.unknown", "there is no order of this id");
}
