using Faultline.Bench.Throughput.Baseline;

namespace Faultline.Bench.Throughput.Contenders;

/// <summary>All contenders. The first is what the ratios refer to.</summary>
internal static class ContenderTable
{
    private static readonly IContender[] All = [new BaselineContender()];

    /// <summary>Their names, in the order in which they run.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(contender => contender.Name)];

    /// <summary>The one of that name.</summary>
    public static IContender Get(string name) => All.Single(contender => contender.Name == name);
}
