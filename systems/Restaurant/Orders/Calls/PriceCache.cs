using System.Collections.Concurrent;

namespace Restaurant.Orders.Calls;

/// <summary>Prices that were read a short while ago. Thread-safe.</summary>
internal sealed class PriceCache(TimeProvider time)
{
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (decimal Price, long At)> _prices = new();

    public decimal? Find(string product) => _prices.TryGetValue(product, out (decimal Price, long At) known) && time.GetElapsedTime(known.At) < Kept ? known.Price : null;

    public void Keep(string product, decimal price) => _prices[product] = (price, time.GetTimestamp());
}
