using System.Collections.Immutable;
using Faultline.Protocol.Faults;
using Faultline.Simulation.Plants;
using Faultline.Simulation.Systems;
using Faultline.Simulation.Worlds;
using Faultline.Triggers;

namespace Faultline.Simulation.Schedules;

/// <summary>How a run ended.</summary>
/// <param name="Seed">What decided it.</param>
/// <param name="Violations">Broken guarantees; empty when all held.</param>
/// <param name="Trace">Stands for everything that happened.</param>
/// <param name="Firings">Faults that acted, by <c>kind at point</c>.</param>
/// <param name="Ended">The virtual time at the end.</param>
/// <param name="Steps">How many steps it took.</param>
/// <param name="Handled">How many effects there were.</param>
internal sealed record Outcome(Seed Seed, IReadOnlyList<string> Violations, ulong Trace, ImmutableArray<Firing> Firings, TimeSpan Ended, long Steps, int Handled);

/// <summary>One run: start, load under faults, heal, drain, quiesce, check.</summary>
internal static class Run
{
    private static readonly TimeSpan StartUp = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Runs the schedule of a seed.</summary>
    public static Outcome Of(ulong seed, Plant? plant = null, Action<string>? tell = null)
    {
        var from = new Seed(seed);
        Shape shape = Shape.Draw(from.For("shape", "size"));
        return Of(from, shape, Plan.Draw(from, shape), plant ?? Plant.None, tell);
    }

    public static Outcome Of(Seed seed, Shape shape, Plan plan, Plant plant, Action<string>? tell = null, Action<SimSystem>? prepare = null)
    {
        tell?.Invoke($"{shape}");
        foreach (Act act in plan.Acts) tell?.Invoke($"planned at {act.At.TotalSeconds:F3}: {act.Says}");
        foreach (Request request in plan.Requests.OrderBy(request => request.At)) tell?.Invoke($"planned {request}");

        var world = new World(seed) { Tell = tell };
        var system = new SimSystem(world, shape, plant);
        var client = new Client(system);
        prepare?.Invoke(system);
        system.Start();
        world.RunUntil(static () => false, StartUp);
        foreach (Act act in plan.Acts)
        {
            world.After(act.At, world.Server, () =>
            {
                world.Mix(act.Says);
                act.Do(system);
            });
        }

        foreach (Request request in plan.Requests) world.After(request.At, world.Server, () => client.Send(request));
        world.RunUntil(static () => false, StartUp + plan.FaultsEnd);
        ImmutableArray<Firing> firings = FiringsOf(system);
        system.Heal();
        bool drained = world.RunUntil(() => Judge.IsStill(system, client), world.Now + DrainLimit);
        int effects = system.Services.Sum(service => service.Database.Effects.Count);
        if (drained) world.RunUntil(static () => false, world.Now + Quiet);

        var judge = new Judge(system, client);
        IReadOnlyList<string> violations = judge.All(drained, effects);
        foreach (string violation in violations) tell?.Invoke($"VIOLATION {violation}");
        return new Outcome(seed, violations, world.Trace, firings, world.Now, world.Steps, effects);
    }

    private static ImmutableArray<Firing> FiringsOf(SimSystem system)
    {
        var firings = ImmutableArray.CreateBuilder<Firing>();
        // The memory store answers at once: nothing waits here.
        foreach (SimService service in system.Services) _ = AddAsync(service);
        return firings.ToImmutable();

        async Task AddAsync(SimService service) => firings.AddRange(await service.Control.ListFiringsAsync(0, int.MaxValue, CancellationToken.None));
    }
}
