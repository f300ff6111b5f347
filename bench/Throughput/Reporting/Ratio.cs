namespace Faultline.Bench.Throughput.Reporting;

/// <summary>A contender against the first one, per round. Speed: more is better. Latencies and CPU: less is better.</summary>
/// <param name="Mode">The mode's name.</param>
/// <param name="Contender">Whose figures stand above the line.</param>
/// <param name="Against">Whose figures stand below it.</param>
/// <param name="Figure">Which figure.</param>
/// <param name="PerRound">One for each round.</param>
/// <param name="Median">The middle one.</param>
internal sealed record Ratio(string Mode, string Contender, string Against, string Figure, IReadOnlyList<double> PerRound, double Median)
{
    private static readonly (string Name, Func<Run, double?> Read)[] Figures =
    [
        ("messages/s", run => run.MessagesPerSecond),
        ("p50", run => run.Measured.Latency?.P50Ms),
        ("p99", run => run.Measured.Latency?.P99Ms),
        ("CPU", run => run.Measured.CpuPer1000.Total),
    ];

    /// <summary>The ratios of one mode; none when there is one contender.</summary>
    public static IReadOnlyList<Ratio> Of(IReadOnlyList<Run> runs, string mode, IReadOnlyList<string> contenders)
    {
        Run[] first = Select(runs, mode, contenders[0]);
        return
        [
            .. from contender in contenders.Skip(1)
               let rounds = Select(runs, mode, contender)
               from figure in Figures
               let perRound = rounds.Zip(first, (run, against) => figure.Read(run) / figure.Read(against)).OfType<double>().Select(ratio => Math.Round(ratio, 3)).ToArray()
               where perRound.Length > 0
               select new Ratio(mode, contender, contenders[0], figure.Name, perRound, MedianOf(perRound)),
        ];
    }

    private static Run[] Select(IReadOnlyList<Run> runs, string mode, string contender) =>
        [.. runs.Where(run => run.Mode == mode && run.Contender == contender).OrderBy(run => run.Round)];

    private static double MedianOf(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : Math.Round((sorted[middle - 1] + sorted[middle]) / 2, 3);
    }
}
