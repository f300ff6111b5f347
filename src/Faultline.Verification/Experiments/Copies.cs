using System.Globalization;
using Faultline.Triggers;

namespace Faultline.Verification.Experiments;

/// <summary>Repeats experiments side by side on one running system: each copy has operations, clients and a seed of its own, and what is done to the system hits all of them.</summary>
public static class Copies
{
    /// <summary>The most copies: as many as there are clients at once.</summary>
    public const int Max = BatteryPlan.ClientsAtOnceMax;

    /// <summary>The battery with so many copies of each experiment in its place.</summary>
    /// <param name="battery">The battery.</param>
    /// <param name="first">The seed of the first copy; each further one has the next.</param>
    /// <param name="count">How many copies, 1 to <see cref="Max"/>; with one the battery stays as it is.</param>
    public static Battery Of(Battery battery, Seed first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Max);
        return count == 1 ? battery : battery with { Cells = [.. battery.Cells.SelectMany(cell => Enumerable.Range(0, count).Select(number => Copy(cell, first.Value + (ulong)number)))] };
    }

    private static Experiment Copy(Experiment cell, ulong seed) => cell with { Name = string.Create(CultureInfo.InvariantCulture, $"{cell.Name}-seed-{seed}"), Seed = seed, CopyOf = cell.Name };
}
