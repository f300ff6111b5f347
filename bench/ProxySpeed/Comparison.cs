using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Faultline.Bench.ProxySpeed;

/// <summary>Direct, HAProxy in tcp mode, and the proxy, in turns within one run, so that what disturbs the machine disturbs all.</summary>
internal static class Comparison
{
    private const int IdleConnections = 1000;

    // Goals, as ratios to HAProxy in the same run.
    private const double RateMin = 0.85;
    private const double P99Max = 1.5;

    public static async Task<int> RunAsync(int rounds, int seconds)
    {
        string folder = Directory.CreateTempSubdirectory("faultline-proxy-bench").FullName;
        int[] ports = FreePorts(5);
        await using Contender nginx = await ServerFiles.StartNginxAsync(folder, ports[0]);
        await using var direct = new Contender("direct", ports[0], process: null);
        await using Contender haproxy = await ServerFiles.StartHaproxyAsync(folder, ports[1], ports[0]);
        await using Contender tcp = await StartOursAsync("faultline", ports[2], ports[0], "tcp");
        await using Contender http = await StartOursAsync("faultline, reading HTTP", ports[3], ports[0], "http");
        Contender[] all = [direct, haproxy, tcp, http];
        bool isGood = true;
        foreach (Contender each in all) await Wrk.RunAsync(each.Port, "small", seconds: 2); // Just-in-time compilation, connection pools.

        foreach (string path in (string[])["small", "large"])
        {
            isGood &= await MeasureAsync(path == "small" ? "200-byte replies" : "64 KB replies", all, haproxy, tcp, path, rounds, seconds);
        }

        var idle = new List<Socket>();
        foreach (Contender each in all.Where(each => each != direct)) idle.AddRange(await OpenIdleAsync(each.Port));
        isGood &= await MeasureAsync($"200-byte replies beside {IdleConnections} idle connections each", all, haproxy, tcp, "small", rounds, seconds);
        Console.WriteLine();
        foreach (Contender each in all.Where(each => each != direct)) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each.Name}: {each.ResidentMegabytes():F0} MB resident with {IdleConnections} idle connections"));
        idle.ForEach(socket => socket.Dispose());
        Directory.Delete(folder, recursive: true);
        return isGood ? 0 : 1;
    }

    private static Task<Contender> StartOursAsync(string name, int port, int upstream, string protocol) =>
        Contender.StartAsync(name, port, talks: true, Environment.ProcessPath!, Own("serve", "127.0.0.1:0", $"127.0.0.1:{port}", $"127.0.0.1:{upstream}", protocol));

    // Run by the dotnet host, the first argument is this assembly.
    private static string[] Own(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Comparison).Assembly.Location, .. arguments] : arguments;

    private static async Task<bool> MeasureAsync(string title, Contender[] all, Contender haproxy, Contender ours, string path, int rounds, int seconds)
    {
        var results = all.ToDictionary(each => each, _ => new List<WrkResult>());
        var allocated = new Dictionary<Contender, double>();
        var processor = all.ToDictionary(each => each, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (Contender each in all)
            {
                long before = await each.AllocatedAsync();
                TimeSpan processorBefore = each.ProcessorTime();
                WrkResult result = await Wrk.RunAsync(each.Port, path, seconds);
                results[each].Add(result);
                processor[each].Add((each.ProcessorTime() - processorBefore).TotalMicroseconds / result.Requests);
                allocated[each] = (await each.AllocatedAsync() - before) / (double)result.Requests;
            }
        }

        Console.WriteLine($"\n{title}, median of {rounds} rounds of {seconds} s\n\n| | requests/s | p50 µs | p99 µs | of HAProxy's rate | p99 × HAProxy's | processor µs per request | bytes allocated per request |\n|---|---|---|---|---|---|---|---|");
        foreach (Contender each in all)
        {
            string memory = each.Process?.StartInfo.RedirectStandardInput == true ? allocated[each].ToString("F2", CultureInfo.InvariantCulture) : "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {each.Name} | {Rate(each):F0} | {Of(each, result => result.P50Microseconds):F0} | {P99(each):F0} | {Rate(each) / Rate(haproxy):P0} | {P99(each) / P99(haproxy):F2} | {Median(processor[each]):F1} | {memory} |"));
        }

        return Rate(ours) >= RateMin * Rate(haproxy) && P99(ours) <= P99Max * P99(haproxy);

        double Of(Contender who, Func<WrkResult, double> what) => Median(results[who].Select(what));
        double Rate(Contender who) => Of(who, result => result.RequestsPerSecond);
        double P99(Contender who) => Of(who, result => result.P99Microseconds);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static async Task<List<Socket>> OpenIdleAsync(int port)
    {
        byte[] request = "GET /small HTTP/1.1\r\nHost: bench\r\n\r\n"u8.ToArray();
        byte[] reply = new byte[4096];
        List<Socket> sockets = [];
        for (int number = 0; number < IdleConnections; number++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(request);
            if (await socket.ReceiveAsync(reply) == 0) throw new InvalidOperationException($"the connection to port {port} was closed");
            sockets.Add(socket);
        }

        return sockets;
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Stop();
        return ports;
    }
}
