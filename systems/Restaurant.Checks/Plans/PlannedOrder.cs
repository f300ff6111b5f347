namespace Restaurant.Checks.Plans;

/// <summary>A line of an order.</summary>
internal sealed record PlannedLine(string Id, int Quantity);

/// <summary>An order that a customer is to place, and what must come of it. It is computed from the id of the operation alone, so that the client and the judge need no list between them.</summary>
internal sealed record PlannedOrder
{
    /// <summary>Which of the operations of its cell it is, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The customer: another one in each run and cell, so that late work of an earlier run cannot falsify a later one.</summary>
    public required string Customer { get; init; }

    public required IReadOnlyList<PlannedLine> Items { get; init; }

    /// <summary>The discount that it must have; null where orders of the customer overtake each other.</summary>
    public decimal? Discount { get; init; }

    /// <summary>The amount in the table; null where the discount is not known beforehand.</summary>
    public decimal? Amount { get; init; }

    /// <summary>The discount that the customer must have after it; null where nobody waits for it.</summary>
    public decimal? NextDiscount { get; init; }

    /// <summary>Whether these are the lines of this order, in any order.</summary>
    public bool HasLines(IEnumerable<PlannedLine> lines) => lines.OrderBy(line => line.Id, StringComparer.Ordinal).SequenceEqual(Items.OrderBy(line => line.Id, StringComparer.Ordinal));
}
