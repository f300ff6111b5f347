namespace Faultline.Messaging.Topology;

/// <summary>How something at a broker is not as it was declared.</summary>
public enum TopologyDifferenceKind
{
    /// <summary>It is declared and not there.</summary>
    Missing,

    /// <summary>It is there and not declared.</summary>
    Unexpected,

    /// <summary>It is there, and not as declared.</summary>
    Different,
}

/// <summary>One thing at a broker that is not as the system declares it.</summary>
/// <param name="Kind">In which way.</param>
/// <param name="Thing">Which, for example <c>queue 'shop/orders'</c>.</param>
/// <param name="Detail">What is different; null when it is missing or unexpected.</param>
public sealed record TopologyDifference(TopologyDifferenceKind Kind, string Thing, string? Detail = null)
{
    /// <summary>As a sentence.</summary>
    public override string ToString() => Kind switch
    {
        TopologyDifferenceKind.Missing => $"{Thing} is missing",
        TopologyDifferenceKind.Unexpected => $"{Thing} is not declared",
        _ => $"{Thing} {Detail}",
    };
}

/// <summary>What a comparison of a broker with a system's declarations has found.</summary>
/// <param name="Differences">One for each thing; empty when the broker is as declared.</param>
/// <param name="NotCompared">What could not be looked at, and why.</param>
public sealed record TopologyFindings(IReadOnlyList<TopologyDifference> Differences, IReadOnlyList<string> NotCompared)
{
    /// <summary>Compares names that are declared with names that are there.</summary>
    /// <param name="kind">What they name, for example <c>queue</c>.</param>
    /// <param name="declared">Declared.</param>
    /// <param name="found">There.</param>
    public static IEnumerable<TopologyDifference> Compare(string kind, IReadOnlyCollection<string> declared, IReadOnlyCollection<string> found) =>
    [
        .. declared.Except(found).Select(name => new TopologyDifference(TopologyDifferenceKind.Missing, $"{kind} {name}")),
        .. found.Except(declared).Select(name => new TopologyDifference(TopologyDifferenceKind.Unexpected, $"{kind} {name}")),
    ];
}
