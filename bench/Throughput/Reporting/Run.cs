using Faultline.Bench.Throughput.Modes;

namespace Faultline.Bench.Throughput.Reporting;

/// <summary>One run of one contender.</summary>
/// <param name="Mode">The mode's name.</param>
/// <param name="Round">From 1.</param>
/// <param name="Contender">Its name.</param>
/// <param name="Measured">The figures.</param>
/// <param name="Problem">Which guarantee was broken; null when none was.</param>
internal sealed record Run(string Mode, int Round, string Contender, Measured Measured, string? Problem)
{
    public double MessagesPerSecond => Math.Round(Measured.Messages / Measured.Seconds, 1);
}
