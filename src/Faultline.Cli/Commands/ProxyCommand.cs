using System.CommandLine;
using Faultline.Cli.Output;
using Faultline.Proxy;
using Faultline.Proxy.Links;
using Faultline.Proxy.Problems;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Commands;

/// <summary>Runs the fault proxy alone, until Ctrl+C.</summary>
internal static class ProxyCommand
{
    private const int ServerErrors = 500;

    private static readonly Option<string> Listen = new("--listen") { Description = "Where the control API answers; port 0 for a free one. Other addresses than this machine's own need --token", HelpName = "host:port", DefaultValueFactory = _ => new ProxyOptions().Listen };
    private static readonly Option<string?> Config = new("--config") { Description = "A JSON file with the links to begin with, as Toxiproxy has it; toxics and HTTP faults may be in it too", HelpName = "file" };
    private static readonly Option<ulong?> SeedOf = new("--seed") { Description = "Decides every random choice; drawn and shown when absent", HelpName = "number" };
    private static readonly Option<string> OperationHeader = new("--operation-header") { Description = "The header by which HTTP requests name their operation", HelpName = "name", DefaultValueFactory = _ => new ProxyOptions().OperationHeader };
    private static readonly Option<double> ConnectLimit = new("--connect-limit") { Description = "How long a connection to an upstream may take", HelpName = "seconds", DefaultValueFactory = _ => new ProxyOptions().ConnectLimit.TotalSeconds };

    public static Verb Create(Screen screen) => new Verb(
        "proxy", "Runs the fault proxy alone, with Toxiproxy's control API, until Ctrl+C",
        "faultline proxy",
        "faultline proxy --config links.json --seed 7",
        "faultline proxy --listen 127.0.0.1:0 --json      # on a free port, which the first line names",
        "faultline proxy --listen 0.0.0.0:8474 --token ...   # for other machines")
    {
        Listen, Config, SeedOf, OperationHeader, ConnectLimit,
    }.Does(screen, RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        ProxyOptions options = OptionsOf(context);
        ProxyServer.TuneProcess();
        await using ProxyServer proxy = await StartAsync(options, context.Stop);
        Tell(proxy, context);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Screen.Note("Stopping");
    }

    private static ProxyOptions OptionsOf(CommandContext context)
    {
        double seconds = context.Value(ConnectLimit);
        var options = new ProxyOptions
        {
            Listen = context.Value(Listen)!,
            ConfigFile = context.Value(Config),
            Seed = context.Value(SeedOf),
            Token = context.Value(CommonOptions.Token) ?? Environment.GetEnvironmentVariable("FAULTLINE_TOKEN"),
            OperationHeader = context.Value(OperationHeader)!,
            ConnectLimit = double.IsFinite(seconds) && Math.Abs(seconds) < TimeSpan.FromDays(1).TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero,
        };
        string[] problems = [.. options.Problems()];
        return problems.Length == 0 ? options : throw new CommandException(ExitCode.Usage, $"The fault proxy cannot start: {string.Join("; ", problems)}.");
    }

    private static async Task<ProxyServer> StartAsync(ProxyOptions options, CancellationToken stop)
    {
        try
        {
            return await ProxyServer.StartAsync(options, TimeProvider.System, stop);
        }
        catch (ProxyException problem)
        {
            throw new CommandException(problem.Status >= ServerErrors ? ExitCode.Infrastructure : ExitCode.Usage, problem.Message, problem);
        }
    }

    private static void Tell(ProxyServer proxy, CommandContext context)
    {
        IReadOnlyList<LinkReport> links = proxy.Links.Report();
        if (context.Json)
        {
            context.Screen.JsonLine(new Started(proxy.Address, proxy.Links.Seed.Value, Environment.ProcessId, [.. links.Select(link => new Way(link.Name, link.Listen, link.Upstream))]));
            return;
        }

        context.Screen.Line($"The fault proxy is controlled at {proxy.Address}, seed {proxy.Links.Seed}");
        if (links.Count > 0) context.Screen.Table(["link", "listens", "leads to"], links.Select(link => (string[])[Screen.Safe(link.Name), Screen.Safe(link.Listen), Screen.Safe(link.Upstream)]));
        context.Screen.Line("Ctrl+C stops it.");
    }

    private sealed record Started(Uri Control, ulong Seed, int Pid, IReadOnlyList<Way> Links);

    private sealed record Way(string Name, string Listen, string Upstream);
}
