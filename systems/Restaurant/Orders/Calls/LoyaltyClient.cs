using System.Net.Http.Json;
using Faultline.Anomalies;
using Faultline.Hosting.Http;
using Restaurant.Orders.Contracts;

namespace Restaurant.Orders.Calls;

/// <summary>Asks loyalty for a discount, and tells it about orders. Thread-safe.</summary>
internal sealed class LoyaltyClient(IHttpClientFactory clients, PeerAddresses addresses, ControlPanel control, TimeProvider time)
{
    private readonly Peer _loyalty = new("loyalty", clients, addresses, control, time);

    /// <summary>The customer's discount, from 0 to 0.1. There is no fallback: a customer who is charged too much is a customer who was wronged.</summary>
    public async Task<decimal> DiscountAsync(string customer, CallOrigin origin, CancellationToken stop)
    {
        using HttpResponseMessage reply = await _loyalty.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri($"/customer-discounts/{Uri.EscapeDataString(customer)}", UriKind.Relative)), origin, Insistence.OfCustomer, stop);
        return (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Discount>(stop))!.DiscountPercentage;
    }

    /// <summary>Tells loyalty about an order; told twice, it still counts once.</summary>
    /// <param name="order">The order.</param>
    /// <param name="origin">Where the call comes from.</param>
    /// <param name="insistence">How much the caller insists.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Whether loyalty has taken note.</returns>
    public async Task<bool> TellAsync(OrderPlaced order, CallOrigin origin, Insistence insistence, CancellationToken stop)
    {
        using HttpResponseMessage reply = await _loyalty.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, new Uri("/orders", UriKind.Relative)) { Content = JsonContent.Create(new { order.OrderId, order.CustomerId, order.PlacedAt }) }, origin, insistence, stop);
        return reply.IsSuccessStatusCode;
    }

    private sealed record Discount(decimal DiscountPercentage);
}
