using Faultline.Verification.Profiles;

namespace Restaurant.Checks.Batteries;

/// <summary>The fault profiles.</summary>
internal static class Profiles
{
    private static readonly TimeSpan LatencyMax = TimeSpan.FromSeconds(1);
    private static readonly IReadOnlyList<string> Victims = ["restaurant/orders", "restaurant/menu", "restaurant/loyalty", "postgres/services"];

    public static IReadOnlyList<FaultProfile> All { get; } = [Calm(), Workshop(), Storm()];

    private static FaultProfile Calm() => new() { Name = "calm", Says = "nothing fails" };

    private static FaultProfile Workshop() => new()
    {
        Name = "workshop",
        Says = "links lose requests and replies and are slow; every 10 s something is taken down for up to 10 s",
        Links = LinksWith(1),
        Disruptor = new DisruptorPlan(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), Victims, Overlap: false),
    };

    private static FaultProfile Storm() => new()
    {
        Name = "storm",
        Says = "links fail twice as often, those to the databases are slow and break too, and several may be down at once",
        Links = LinksWith(2),
        Toxics = [.. new[] { "orders-database", "menu-database", "loyalty-database" }.SelectMany(ToxicsOf)],
        Disruptor = new DisruptorPlan(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10), Victims, Overlap: true),
    };

    private static IReadOnlyList<LinkFailures> LinksWith(double factor) =>
    [
        new("client-orders", 0.15 * factor, 0.30 * factor, LatencyMax),
        new("orders-loyalty", 0.25 * factor, 0.25 * factor, LatencyMax),
        new("orders-menu", 0.15 * factor, 0.15 * factor, LatencyMax),
    ];

    private static IEnumerable<LinkToxic> ToxicsOf(string link) =>
    [
        new(link, "latency", 1, new Dictionary<string, double> { ["latency"] = 5, ["jitter"] = 5 }),
        new(link, "reset_peer", 0.1, new Dictionary<string, double> { ["timeout"] = 1_000 }),
    ];
}
