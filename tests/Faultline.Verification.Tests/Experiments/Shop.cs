using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.Tests.Experiments;

/// <summary>What there is to name in the experiments of these tests.</summary>
internal static class Shop
{
    public static SystemDescription System { get; } = new(
        "shop",
        [
            Service(World.Orders, [World.OrderPlaced], [World.MealReady]),
            Service(World.Kitchen, [World.MealReady], [World.OrderPlaced]),
            Service(World.Loyalty, [], [World.OrderPlaced]),
        ],
        [new WorkloadDescription("lunch", "guests order", "guests", "menu")],
        [new CheckerDescription("one-meal", "Every order has one meal.", new CheckerParameter("strict", "true or false"))]);

    public static Catalogue Catalogue { get; } = new([System], Verification.Experiments.Catalogue.KnownBrokers, Verification.Experiments.Catalogue.EmbeddedInfrastructure);

    private static ServiceDescription Service(string name, string[] publishes, string[] consumes) => new(
        name, [.. publishes.Select(type => new MessageContract(type, 1))], [.. consumes.Select(type => new MessageContract(type, 1))],
        [.. FaultPoints.All.Select(point => point.Name)], FaultKinds.All, GuardNames.All);
}
