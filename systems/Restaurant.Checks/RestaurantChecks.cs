using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Profiles;
using Faultline.Verification.Scenarios;
using Restaurant.Checks.Batteries;
using Restaurant.Checks.Checkers;
using Restaurant.Checks.Scenarios;
using Restaurant.Checks.Workloads;

namespace Restaurant.Checks;

/// <summary>What Restaurant brings for its verification.</summary>
public sealed class RestaurantChecks : ISystemChecks
{
    /// <inheritdoc />
    public string System => "restaurant";

    /// <inheritdoc />
    public IReadOnlyList<IWorkload> Workloads { get; } = [new TestsWorkload(), new RushWorkload(), new BadOrdersWorkload()];

    /// <inheritdoc />
    public IReadOnlyList<IChecker> Checkers { get; } =
    [
        new OneOrderPerKey(), new AcknowledgedExist(), new Amounts(), new LoyaltyAgrees(), new DiscountsOfTable(), new SameReply(), new NoOrphanItems(), new Answered(), new BadOrdersRefused(), new QuickAnswers(), new FewCalls(),
    ];

    /// <inheritdoc />
    public IReadOnlyList<(string Service, string Name)> Facts { get; } = [("restaurant/orders", "halves")];

    /// <inheritdoc />
    public IReadOnlyList<BatteryDescription> Batteries { get; } =
    [
        new("restaurant/single", "one order", TestsBattery.Single),
        new("restaurant/half", "three orders of two customers", TestsBattery.Half),
        new("restaurant/complete", "six orders of three customers, each tried until it succeeds", TestsBattery.Complete),
        new("restaurant/rush", "many customers at once, races with one key, and clients that give up", TestsBattery.Rush),
        new("restaurant/bad-orders", "orders that cannot be served; each must be refused at once", TestsBattery.BadOrders),
        new("restaurant/ladder", "the six orders on each rung from naive to resilient; with --repeat it makes the table of pass rates", LadderBattery.Of),
        new("restaurant/guards", "for each correctness guard: on and off, with its fault; only off may violate", GuardsBattery.Of),
        new("restaurant/speed", "for each guard of speed or load: on and off, and what it saves, measured; only off may go over the limit", SpeedBattery.Of),
    ];

    /// <inheritdoc />
    public IReadOnlyList<Scenario> Scenarios => RestaurantScenarios.All;

    /// <inheritdoc />
    public IReadOnlyList<FaultProfile> Profiles => global::Restaurant.Checks.Batteries.Profiles.All;

    /// <inheritdoc />
    public string? OwnService => "restaurant/orders";

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> LabSettings { get; } = new Dictionary<string, string>
    {
        // Loyalty may be away for ten seconds and more: an order that it has not heard of is told again until it has.
        ["Faultline__Consumer__Retry__AttemptsMax"] = "100",
        ["Faultline__Consumer__Retry__PauseMax"] = "00:00:00.500",
    };

    /// <inheritdoc />
    public Task<IReadOnlyList<SystemFact>> LookAsync(LookCall call, CancellationToken stop) => Look.AtAsync(call, stop);

    /// <inheritdoc />
    public IReadOnlyList<StateEvent> EventsOf(IReadOnlyList<SystemFact> facts) => [];
}
