using Faultline.Anomalies;
using Faultline.Hosting.Http;
using Faultline.Messaging.Envelopes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Restaurant.Orders.Calls;
using Restaurant.Orders.Contracts;
using Restaurant.Orders.Data;
using Restaurant.Orders.Guards;

namespace Restaurant.Orders.Endpoints;

/// <summary>POST /orders: asks for prices and discount, stores the order, and has loyalty told. Each step does what its guard says: the ladder from naive to resilient.</summary>
internal static class PlaceOrder
{
    private const string RetryAfterSeconds = "1";

    public sealed record Request(string? CustomerId, IReadOnlyList<Line>? Items);

    public sealed record Line(string? Id, int Quantity);

    public sealed record Reply(Guid OrderId);

    /// <summary>What the endpoint works with.</summary>
    public sealed record Parts(IdempotentWrites Writes, MenuClient Menu, LoyaltyClient Loyalty, ControlPanel Control, Detached Detached, Ids Ids, TimeProvider Time);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/orders", HandleAsync);

    private static async Task<IResult> HandleAsync(Request request, Parts parts, HttpContext http)
    {
        bool isValidating = parts.Control.IsOn(OrderGuards.Validation);
        if (isValidating && OrderRules.Check(request) is { Count: > 0 } problems) return Problems.Of(StatusCodes.Status400BadRequest, "order.invalid", "the order cannot be served as it is", problems);
        // A repeat is answered before anything slow is done for it again.
        if (await parts.Writes.FindAsync(http, request) is { } repeat) return repeat;

        using Detached.Work work = parts.Detached.Begin(http);
        try
        {
            (decimal?[] prices, decimal discount) = await ReadAsync(request, parts, OriginOf(http), work.Stop);
            int unknown = isValidating ? Array.FindIndex(prices, price => price is null) : -1;
            if (unknown >= 0) return Problems.Of(StatusCodes.Status400BadRequest, "order.unknown-product", $"there is no product '{request.Items![unknown].Id}'", new Dictionary<string, string> { [$"items[{unknown}].id"] = "is not on the menu" });

            return await StoreAsync(request, OrderOf(request, prices, discount, parts), parts, work.Stop, http);
        }
        catch (PeerUnavailableException error)
        {
            return Later(http, error.Message);
        }
        catch (OperationCanceledException) when (work.IsOutOfTime)
        {
            return Later(http, "the order took too long");
        }
    }

    private static IResult Later(HttpContext http, string why)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Problems.Of(StatusCodes.Status503ServiceUnavailable, "order.later", $"{why}; ask again with the same Idempotency-Key");
    }

    private static async Task<(decimal?[] Prices, decimal Discount)> ReadAsync(Request request, Parts parts, CallOrigin origin, CancellationToken stop)
    {
        IReadOnlyList<Line> items = request.Items!;
        if (parts.Control.IsOn(OrderGuards.ParallelReads))
        {
            Task<decimal> discountRead = parts.Loyalty.DiscountAsync(request.CustomerId!, origin, stop);
            Task<decimal?[]> priceReads = Task.WhenAll(items.Select(item => parts.Menu.PriceAsync(item.Id!, origin, stop)));
            await Task.WhenAll(discountRead, priceReads);
            return (await priceReads, await discountRead);
        }

        var prices = new decimal?[items.Count];
        for (int line = 0; line < items.Count; line++) prices[line] = await parts.Menu.PriceAsync(items[line].Id!, origin, stop);
        return (prices, await parts.Loyalty.DiscountAsync(request.CustomerId!, origin, stop));
    }

    private static Order OrderOf(Request request, decimal?[] prices, decimal discount, Parts parts)
    {
        // Without validation a product that does not exist surfaces here, as a failure of the service.
        OrderItem[] items = [.. request.Items!.Select((item, line) => new OrderItem(item.Id!, item.Quantity, prices[line]!.Value))];
        decimal amount = items.Sum(item => item.Price * item.Quantity) * (1 - discount);
        return new Order(parts.Ids.Next(), request.CustomerId!, parts.Time.GetUtcNow(), discount, amount, items);
    }

    private static async Task<IResult> StoreAsync(Request request, Order order, Parts parts, CancellationToken stop, HttpContext http)
    {
        bool outbox = parts.Control.Guards.Outbox;
        var placed = new OrderPlaced(order.Id, order.CustomerId, order.PlacedAt);
        bool isStored = false;
        IResult reply = await parts.Writes.RunAsync(
            http, request,
            async (unit, stopping) =>
            {
                await OrderRows.AddAsync(unit, order, stopping);
                if (outbox) unit.Publish(placed);
                isStored = true;
                return new WriteReply(StatusCodes.Status200OK, new Reply(order.Id));
            },
            stop);
        // The mistake that the outbox heals: whoever dies here, or is not heard, leaves an order behind that loyalty does not know, and the answer is not even looked at.
        if (!outbox && isStored) await parts.Loyalty.TellAsync(placed, OriginOf(http), Insistence.OfCustomer, stop);
        return reply;
    }

    private static CallOrigin OriginOf(HttpContext http) => new(HeaderOf(http, OperationHeaders.Operation), HeaderOf(http, OperationHeaders.Cell));

    private static string? HeaderOf(HttpContext http, string name) => http.Request.Headers[name].ToString() is { Length: > 0 and <= 200 } value ? value : null;
}
