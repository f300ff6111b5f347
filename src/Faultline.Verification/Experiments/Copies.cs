using System.Globalization;
using Faultline.Triggers;
using Faultline.Verification.Schedules;

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

    private static Experiment Copy(Experiment cell, ulong seed)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{cell.Name}-seed-{seed}");
        return cell with { Name = name, Seed = seed, CopyOf = cell.Name, Schedule = [.. cell.Schedule.Select(fault => fault is AnomalyFault { Pins.Count: > 0 } pinned ? Move(pinned, cell.Name, name) : fault)] };
    }

    /// <summary>A pin names an operation, whose id begins with the name of its cell.</summary>
    private static AnomalyFault Move(AnomalyFault fault, string from, string to)
    {
        string prefix = Cells.OperationIdPrefix(from);
        return fault with { Pins = [.. fault.Pins.Select(pin => pin.OperationId.StartsWith(prefix, StringComparison.Ordinal) ? pin with { OperationId = Cells.OperationIdPrefix(to) + pin.OperationId[prefix.Length..] } : pin)] };
    }
}
