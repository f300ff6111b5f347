using System.Net;
using System.Net.Http.Json;
using Faultline.Anomalies;
using Faultline.Hosting.Http;
using Restaurant.Orders.Guards;

namespace Restaurant.Orders.Calls;

/// <summary>Asks the menu for prices. Thread-safe.</summary>
internal sealed class MenuClient(IHttpClientFactory clients, PeerAddresses addresses, ControlPanel control, PriceCache cache, TimeProvider time)
{
    private readonly Peer _menu = new("menu", clients, addresses, control, time);

    /// <summary>The price of a product; null when there is no such product.</summary>
    public async Task<decimal?> PriceAsync(string product, CallOrigin origin, CancellationToken stop)
    {
        bool isCaching = control.IsOn(OrderGuards.PriceCache);
        if (isCaching && cache.Find(product) is { } known) return known;

        using HttpResponseMessage reply = await _menu.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri($"/products/{Uri.EscapeDataString(product)}", UriKind.Relative)), origin, Insistence.OfCustomer, stop);
        if (reply.StatusCode == HttpStatusCode.NotFound) return null;

        Product found = (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Product>(stop))!;
        if (isCaching) cache.Keep(product, found.Price);
        return found.Price;
    }

    private sealed record Product(string Id, decimal Price);
}
