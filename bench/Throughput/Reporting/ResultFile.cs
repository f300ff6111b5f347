using System.Text.Json;
using System.Text.Json.Serialization;
using Faultline.Bench.Throughput.Options;

namespace Faultline.Bench.Throughput.Reporting;

/// <summary>The figures as a file, for the record.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // CPU of a server on another machine is not a number.
    };

    /// <returns>The path of the file.</returns>
    public static async Task<string> WriteAsync(BenchOptions options, RunFacts facts, IReadOnlyList<Run> runs, CancellationToken stop)
    {
        Directory.CreateDirectory(options.Results);
        string path = Path.Combine(options.Results, options.Name + ".json");
        var load = new { options.Messages, options.Warmup, options.Producers, options.Keys, options.Rate, options.Seconds, options.Waiting, options.Tuning };
        IEnumerable<Ratio> ratios = options.Modes.SelectMany(mode => Ratio.Of(runs, mode, options.Contenders));
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new { facts, load, runs, ratios }, Json) + "\n", stop);
        return path;
    }
}
