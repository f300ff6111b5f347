namespace Restaurant.Checks.Plans;

/// <summary>The menu as the checks know it.</summary>
internal static class Prices
{
    public static IReadOnlyDictionary<string, decimal> All { get; } = new Dictionary<string, decimal> { ["burger"] = 10m, ["fries"] = 5m, ["coke"] = 2.5m };

    /// <summary>Σ price × quantity × (1 − discount).</summary>
    public static decimal AmountOf(IEnumerable<PlannedLine> lines, decimal discount) => lines.Sum(line => All.GetValueOrDefault(line.Id) * line.Quantity) * (1 - discount);
}
