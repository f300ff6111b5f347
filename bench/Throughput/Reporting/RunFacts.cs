using System.Globalization;
using System.Runtime.InteropServices;
using Faultline.Bench.Throughput.Clusters;
using Faultline.Bench.Throughput.Options;
using Npgsql;

namespace Faultline.Bench.Throughput.Reporting;

/// <summary>What the figures depend on: command, machine, versions, and the settings of the servers that trade durability for speed.</summary>
internal sealed record RunFacts(string Command, string At, int Cores, string Processor, string System, string DotNet, string Npgsql, string Services, string Queue)
{
    private const string Settings = """
        select 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit')
            || ', full_page_writes ' || current_setting('full_page_writes') || ', shared_buffers ' || current_setting('shared_buffers')
        """;

    public static async Task<RunFacts> GatherAsync(ServerPair pair, BenchOptions options, string commandLine, CancellationToken stop) => new(
        $"bench/messaging {Redacted(commandLine, options)}",
        TimeProvider.System.GetUtcNow().ToString("u", CultureInfo.InvariantCulture),
        Environment.ProcessorCount,
        ReadProcessor(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        typeof(NpgsqlConnection).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        await SettingsAsync(pair.Servers.Services, stop),
        await pair.DescribeQueueAsync(server => SettingsAsync(server, stop), stop));

    // Connection strings may hold passwords, and results are published.
    private static string Redacted(string commandLine, BenchOptions options)
    {
        string text = commandLine;
        foreach (string? server in (string?[])[options.Services, options.Queue])
        {
            if (server is not null) text = text.Replace(server, $"'{new NpgsqlConnectionStringBuilder(server).Host}'", StringComparison.Ordinal);
        }

        return text;
    }

    private static string ReadProcessor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown"
        : "unknown";

    private static async Task<string> SettingsAsync(string server, CancellationToken stop)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Database = "postgres" });
        await using NpgsqlCommand command = source.CreateCommand(Settings);
        return await command.ExecuteScalarAsync(stop) as string ?? "unknown";
    }
}
