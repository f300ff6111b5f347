using System.Net;

namespace Orders;

public sealed record Product(string Id, decimal Price);

public sealed record Discount(decimal DiscountPercentage);

/// <summary>A service that Orders depends on gave no answer, although it was asked several times.</summary>
public sealed class PeerUnavailableException(string message, Exception? cause) : Exception(message, cause);

/// <summary>Step 4: each try has a limit, and there are several tries; then the client is told to come back later.</summary>
public sealed class Peers(IHttpClientFactory clients)
{
    private const int TriesMax = 5;
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(3);

    /// <summary>The price; null when there is no such product.</summary>
    public Task<decimal?> PriceAsync(string product, CancellationToken stop) => TryAsync<decimal?>("menu", async (http, limit) =>
    {
        using HttpResponseMessage reply = await http.GetAsync($"/products/{Uri.EscapeDataString(product)}", limit);
        if (reply.StatusCode == HttpStatusCode.NotFound) return null;
        return (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Product>(limit))!.Price;
    }, stop);

    /// <summary>The discount. There is no fallback to zero: that would be a wrong price.</summary>
    public Task<decimal> DiscountAsync(string customer, CancellationToken stop) => TryAsync("loyalty", async (http, limit) =>
        (await http.GetFromJsonAsync<Discount>($"/customer-discounts/{Uri.EscapeDataString(customer)}", limit))!.DiscountPercentage, stop);

    /// <summary>Tells loyalty about an order; told twice, it counts once.</summary>
    public Task TellAsync(StoredOrder order, CancellationToken stop) => TryAsync("loyalty", async (http, limit) =>
    {
        using HttpResponseMessage reply = await http.PostAsJsonAsync("/orders", new { order.OrderId, order.CustomerId, order.PlacedAt }, limit);
        reply.EnsureSuccessStatusCode();
        return true;
    }, stop);

    private async Task<T> TryAsync<T>(string peer, Func<HttpClient, CancellationToken, Task<T>> ask, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(TryLimit);
            try
            {
                return await ask(clients.CreateClient(peer), limit.Token);
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                if (attempt == TriesMax) throw new PeerUnavailableException($"{peer} gave no answer in {TriesMax} tries", error);
            }

            await Task.Delay(TimeSpan.FromMilliseconds((50 << attempt) + Random.Shared.Next(50)), stop);
        }
    }
}
