using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>What order means for deliveries whose texts are rising numbers.</summary>
public static class Order
{
    /// <summary>Within a key, no message comes for the first time after a later one.</summary>
    public static void ShouldRisePerKey(IEnumerable<Delivery> deliveries)
    {
        Dictionary<string, int> last = [];
        HashSet<Guid> seen = [];
        foreach (Delivery delivery in deliveries.Where(delivery => seen.Add(delivery.Message!.Id)))
        {
            string key = delivery.Message!.Key!;
            int number = int.Parse(TestSystem.TextOf(delivery));
            number.ShouldBeGreaterThan(last.GetValueOrDefault(key, -1), $"key {key}: {number} came first after a later one");
            last[key] = number;
        }
    }
}
