namespace Faultline.Bench.Throughput.Modes;

/// <summary>All modes, in the order in which they run.</summary>
internal static class ModeTable
{
    private static readonly IMode[] All = [new ThroughputMode(), new LatencyMode(), new DrainMode()];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(mode => mode.Name)];

    public static IMode Get(string name) => All.Single(mode => mode.Name == name);
}
