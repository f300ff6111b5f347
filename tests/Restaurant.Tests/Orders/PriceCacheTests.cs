using Faultline.TestSupport;
using Restaurant.Orders.Calls;

namespace Restaurant.Tests.Orders;

public sealed class PriceCacheTests
{
    [Fact]
    public void A_price_is_kept_for_a_minute_and_no_longer()
    {
        var time = new ManualTime();
        var cache = new PriceCache(time);
        cache.Find("fries").ShouldBeNull();

        cache.Keep("fries", 5m);
        time.Advance(PriceCache.Kept - TimeSpan.FromSeconds(1));
        cache.Find("fries").ShouldBe(5m);

        time.Advance(TimeSpan.FromSeconds(1));
        cache.Find("fries").ShouldBeNull();
    }
}
