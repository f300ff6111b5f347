using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Faultline.Anomalies;

/// <summary>A kind as the API describes it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Says">What happens.</param>
/// <param name="Parameters">What can be set.</param>
public sealed record KindDescription(string Name, string Says, IReadOnlyList<KindParameter> Parameters);

/// <summary>All kinds, one row each, in the order in which they are listed to a person.</summary>
public static class FaultKindTable
{
    private static readonly ImmutableArray<FaultKind> Rows =
    [
        new DelayKind(),
        new ExceptionKind(),
        new HangKind(),
        new CrashKind(),
        new DropKind(),
        new SwallowKind(),
        new DuplicateKind(),
        new ReorderKind(),
        new CorruptKind(),
        new StormKind(),
    ];

    private static readonly FrozenDictionary<string, FaultKind> ByName = Rows.ToFrozenDictionary(kind => kind.Name);

    /// <summary>What a person can choose from.</summary>
    public static ImmutableArray<KindDescription> Descriptions { get; } = [.. Rows.Select(kind => new KindDescription(kind.Name, kind.Says, kind.Parameters))];

    internal static ImmutableArray<FaultKind> All => Rows;

    internal static FaultKind? Find(string? name) => name is null ? null : ByName.GetValueOrDefault(name);
}
