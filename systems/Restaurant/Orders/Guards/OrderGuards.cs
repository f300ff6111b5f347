using Faultline.Protocol.Guards;

namespace Restaurant.Orders.Guards;

/// <summary>The guards of the ladder that the messaging core does not have.</summary>
internal static class OrderGuards
{
    public const string HttpRetry = "http-retry";
    public const string DetachedWork = "detached-work";
    public const string ParallelReads = "parallel-reads";
    public const string PriceCache = "price-cache";
    public const string Breaker = "breaker";
    public const string Validation = "validation";

    public static IReadOnlyList<GuardDescription> All { get; } =
    [
        new(HttpRetry, GuardClass.Correctness, "calls to menu and loyalty have a time limit for each try and are tried again, a bounded number of times", "one try, without a time limit",
            "a call that is never answered holds up everything behind it"),
        new(DetachedWork, GuardClass.Correctness, "what was begun is finished although the caller has left", "the caller's cancellation stops the work, also after the commit",
            "a caller who gives up leaves an order behind that loyalty never hears of"),
        new(ParallelReads, GuardClass.Speed, "prices and discount are read at the same time", "one after another", "slow links add up"),
        new(PriceCache, GuardClass.Speed, "a price is read once a minute", "a price is read for each order", "each order waits for the menu, and fails when the menu is down"),
        new(Breaker, GuardClass.Load, "after several failures in a row a dependency is left alone for a moment", "a dead dependency is called again and again", "a dependency that is down is flooded when it comes back"),
        new(Validation, GuardClass.Correctness, "an order that cannot be served is refused with the reason", "an unknown product is a 500, duplicate lines and bad quantities are accepted",
            "a client tries for ever what can never succeed, and nonsense is stored"),
    ];
}
