using Faultline.Bench.Throughput.Clusters;
using Faultline.Bench.Throughput.Contenders;
using Faultline.Bench.Throughput.Modes;
using Faultline.Bench.Throughput.Options;
using Faultline.Bench.Throughput.Reporting;
using Faultline.Bench.Throughput.Roles;
using Faultline.Lab.Problems;
using Npgsql;

namespace Faultline.Bench.Throughput;

/// <summary>The whole run: servers, then per mode and round each contender in turn, then the report.</summary>
internal static class Bench
{
    /// <returns>0 when every run kept its guarantees, 1 when one did not, 2 when the bench could not run.</returns>
    public static async Task<int> RunAsync(BenchOptions options, string commandLine, CancellationToken stop)
    {
        try
        {
            await using ServerPair pair = await ServerPair.OpenAsync(options, stop);
            RunFacts facts = await RunFacts.GatherAsync(pair, options, commandLine, stop);
            ConsoleReport.Begin(facts);
            var runs = new List<Run>();
            foreach (string mode in options.Modes)
            {
                ConsoleReport.Head(mode);
                for (int round = 1; round <= options.Rounds; round++)
                {
                    foreach (string contender in options.Contenders)
                    {
                        runs.Add(await RunOneAsync(pair, mode, round, contender, options, stop));
                        ConsoleReport.Row(runs[^1]);
                    }
                }

                ConsoleReport.Ratios(Ratio.Of(runs, mode, options.Contenders));
            }

            await pair.Servers.DropAsync(stop);
            Console.WriteLine($"Written to {await ResultFile.WriteAsync(options, facts, runs, stop)}");
            return runs.Exists(run => run.Problem is not null) ? 1 : 0;
        }
        catch (Exception error) when (error is BenchException or LabException or NpgsqlException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"The benchmark stopped: {error.Message}");
            return 2;
        }
    }

    private static async Task<Run> RunOneAsync(ServerPair pair, string mode, int round, string contender, BenchOptions options, CancellationToken stop)
    {
        await using Rig rig = await Rig.StartAsync(pair, ContenderTable.Get(contender), options, stop);
        Measured measured = await ModeTable.Get(mode).RunAsync(rig, options, stop);
        return new Run(mode, round, contender, measured, await rig.JudgeAsync(stop));
    }
}
