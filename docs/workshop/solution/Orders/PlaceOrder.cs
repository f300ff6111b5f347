using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace Orders;

public sealed record Line(string? Id, int Quantity);

public sealed record OrderRequest(string? CustomerId, List<Line>? Items);

public static class PlaceOrder
{
    public static async Task<IResult> HandleAsync(OrderRequest request, HttpContext http, Peers peers, OrderStore store, IHostApplicationLifetime lifetime)
    {
        // Step 1: what can never succeed is refused, so that nobody tries it for ever.
        if (Problem(request) is { } problem) return Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest);

        string key = http.Request.Headers["Idempotency-Key"].ToString();
        byte[] fingerprint = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request));
        // Step 4: the work belongs to the order, and not to the connection that asked for it.
        using var work = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        work.CancelAfter(TimeSpan.FromSeconds(25));
        try
        {
            // Step 2: a repeat gets the stored answer, before anything slow is done for it again.
            if (key.Length > 0 && await store.FindKeyAsync(key, work.Token) is { } known) return Repeat(known, fingerprint);

            return await PlaceAsync(request, key, fingerprint, peers, store, work.Token);
        }
        catch (Exception error) when (error is PeerUnavailableException or NpgsqlException or OperationCanceledException)
        {
            http.Response.Headers.RetryAfter = "1";
            return Results.Problem($"{error.Message}; ask again with the same Idempotency-Key", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> PlaceAsync(OrderRequest request, string key, byte[] fingerprint, Peers peers, OrderStore store, CancellationToken stop)
    {
        // Step 4: prices and discount at the same time, so that slow links do not add up.
        Task<decimal> discountRead = peers.DiscountAsync(request.CustomerId!, stop);
        decimal?[] prices = await Task.WhenAll(request.Items!.Select(line => peers.PriceAsync(line.Id!, stop)));
        decimal discount = await discountRead;
        if (prices.Contains(null)) return Results.Problem("one of the products is not on the menu", statusCode: StatusCodes.Status400BadRequest);

        List<StoredLine> items = [.. request.Items!.Select((line, place) => new StoredLine(line.Id!, line.Quantity, prices[place]!.Value))];
        var order = new StoredOrder(Guid.CreateVersion7(), request.CustomerId!, DateTimeOffset.UtcNow, discount, items.Sum(item => item.Price * item.Quantity) * (1 - discount), items);
        return await store.AddAsync(order, key, fingerprint, stop) is { } known ? Repeat(known, fingerprint) : Results.Ok(new { order.OrderId });
    }

    private static IResult Repeat(KnownKey known, byte[] fingerprint) => known.Fingerprint.AsSpan().SequenceEqual(fingerprint)
        ? Results.Ok(new { known.OrderId })
        : Results.Problem("this Idempotency-Key came with another order before", statusCode: StatusCodes.Status422UnprocessableEntity);

    private static string? Problem(OrderRequest request)
    {
        if (string.IsNullOrEmpty(request.CustomerId)) return "customerId is missing";
        if (request.Items is not { Count: > 0 }) return "there must be at least one item";
        if (request.Items.Any(line => string.IsNullOrEmpty(line.Id) || line.Quantity is < 1 or > 1_000)) return "each item needs an id and a quantity from 1 to 1000";
        return request.Items.DistinctBy(line => line.Id).Count() < request.Items.Count ? "each product may be there once" : null;
    }
}
