using System.Globalization;

namespace Faultline.Bench.Throughput.Reporting;

/// <summary>The tables on the console.</summary>
internal static class ConsoleReport
{
    private const string Columns = "{0,-16} {1,5} {2,9} {3,9} {4,9}  {5,8} {6,8} {7,8} {8,8}  {9,8} {10,8} {11,8} {12,8} {13,8}  {14}";

    public static void Begin(RunFacts facts)
    {
        Console.WriteLine(facts.Command);
        Console.WriteLine($"{facts.Cores} cores ({facts.Processor}), {facts.System}, {facts.DotNet}, Npgsql {facts.Npgsql}");
        Console.WriteLine($"services: {facts.Services}");
        Console.WriteLine($"queue:    {facts.Queue}");
    }

    public static void Head(string mode)
    {
        Console.WriteLine();
        Console.WriteLine($"{mode} (latencies in ms; CPU seconds per 1,000 messages of the two processes and the two servers)");
        Write("contender", "round", "messages", "seconds", "msg/s", "p50", "p95", "p99", "max", "producer", "consumer", "services", "queue", "CPU all", "verified");
    }

    public static void Row(Run run)
    {
        var measured = run.Measured;
        var latency = measured.Latency;
        var cpu = measured.CpuPer1000;
        string lateness = measured.WorstLatenessMs is { } late ? string.Create(CultureInfo.InvariantCulture, $"; worst start {late:F1} ms late") : "";
        string commits = measured.CommitSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"; commits took {seconds:F2} s") : "";
        Write(
            run.Contender, run.Round, measured.Messages, F(measured.Seconds, 3), F(run.MessagesPerSecond, 0), F(latency?.P50Ms, 2), F(latency?.P95Ms, 2), F(latency?.P99Ms, 2), F(latency?.MaxMs, 1),
            F(cpu.Producer, 3), F(cpu.Consumer, 3), F(cpu.Services, 3), F(cpu.Queue, 3), F(cpu.Total, 3), (run.Problem ?? "exactly once, in order") + commits + lateness);
    }

    public static void Ratios(IReadOnlyList<Ratio> ratios)
    {
        foreach (Ratio ratio in ratios)
        {
            string rounds = string.Join(", ", ratio.PerRound.Select(value => F(value, 2)));
            Console.WriteLine($"  {ratio.Contender} / {ratio.Against}, {ratio.Figure}: median {F(ratio.Median, 2)} (rounds: {rounds})");
        }
    }

    private static string F(double? value, int digits) => value?.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) ?? "-";

    private static void Write(params object[] cells) => Console.WriteLine(string.Format(CultureInfo.InvariantCulture, Columns, cells));
}
