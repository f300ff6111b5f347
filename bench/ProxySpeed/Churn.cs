using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;

namespace Faultline.Bench.ProxySpeed;

/// <summary>Toxics come and go under load: nothing may hang, no byte may be lost, and memory may not grow.</summary>
internal static class Churn
{
    private const int Clients = 16;
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);
    private static readonly string[] Types = ["latency", "slicer", "bandwidth", "slow_close", "corrupt", "packet_loss"];

    public static async Task<int> RunAsync(int cycles)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(Clients);
        Task echoing = EchoAllAsync(listener);
        var links = new LinkSet(TimeProvider.System, new Seed(1), "fl-operation", TimeSpan.FromSeconds(5));
        LinkReport link = await links.AddAsync(new LinkConfig { Name = "churn", Upstream = listener.LocalEndPoint!.ToString()! });
        using var stop = new CancellationTokenSource();
        Task<long>[] loads = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(() => LoadAsync(IPEndPoint.Parse(link.Listen), stop.Token)))];
        long start = TimeProvider.System.GetTimestamp();
        await CycleAsync(links, cycles / 10);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await CycleAsync(links, cycles - (cycles / 10));
        long after = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        await stop.CancelAsync();
        long[] bytes = await Task.WhenAll(loads).WaitAsync(HangLimit, TimeProvider.System);
        LinkReport report = links.Report("churn");
        await links.DisposeAsync();
        listener.Dispose();
        await echoing;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{cycles} cycles in {took.TotalSeconds:F1} s under {Clients} connections; {bytes.Sum() / 1e6:F0} MB came back, each byte as sent; {report.BytesToClients - bytes.Sum()} bytes too many; live memory {before / 1e6:F2} MB after a tenth, {after / 1e6:F2} MB at the end; failures: {report.LastFailure ?? "none"}"));
        return report.BytesToClients == bytes.Sum() && report.LastFailure is null && after - before < 4_000_000 && bytes.All(count => count > 0) ? 0 : 1;
    }

    private static async Task CycleAsync(LinkSet links, int cycles)
    {
        for (int cycle = 0; cycle < cycles; cycle++)
        {
            string type = Types[cycle % Types.Length];
            links.AddToxic("churn", new ToxicConfig { Name = "toxic", Type = type, Stream = cycle % 2 == 0 ? StreamSide.Upstream : StreamSide.Downstream, Attributes = AttributesOf(type) });
            long passed = links.Report("churn").BytesToClients;
            long start = TimeProvider.System.GetTimestamp();
            while (cycle % 10 == 0 && links.Report("churn").BytesToClients == passed) // Some cycles wait until bytes have passed the toxic, most do not.
            {
                if (TimeProvider.System.GetElapsedTime(start) > HangLimit) throw new TimeoutException($"nothing passes in cycle {cycle}, under {type}");
                await Task.Yield();
            }

            links.RemoveToxic("churn", "toxic");
        }
    }

    private static Dictionary<string, double> AttributesOf(string type) => type switch
    {
        "latency" => new() { ["latency"] = 1 },
        "slicer" => new() { ["average_size"] = 500 },
        "bandwidth" => new() { ["rate"] = 50_000 },
        "corrupt" => new() { ["rate"] = 0 },
        "packet_loss" => new() { ["loss_rate"] = 0 },
        _ => [],
    };

    private static async Task<long> LoadAsync(EndPoint address, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address, CancellationToken.None);
        byte[] block = [.. Enumerable.Range(0, 2000).Select(number => (byte)number)];
        byte[] back = new byte[block.Length];
        long passed = 0;
        while (!stop.IsCancellationRequested)
        {
            await socket.SendAsync(block, CancellationToken.None);
            for (int filled = 0; filled < back.Length;)
            {
                int count = await socket.ReceiveAsync(back.AsMemory(filled), CancellationToken.None).AsTask().WaitAsync(HangLimit, TimeProvider.System, CancellationToken.None);
                filled += count > 0 ? count : throw new InvalidOperationException("the connection ended under a toxic that ends none");
            }

            if (!back.AsSpan().SequenceEqual(block)) throw new InvalidOperationException("bytes came back changed");
            passed += block.Length;
        }

        return passed;
    }

    private static async Task EchoAllAsync(Socket listener)
    {
        List<Task> echoes = [];
        for (int number = 0; number < Clients; number++) echoes.Add(EchoAsync(await listener.AcceptAsync()));
        await Task.WhenAll(echoes);
    }

    private static async Task EchoAsync(Socket connection)
    {
        using (connection)
        {
            connection.NoDelay = true;
            byte[] buffer = new byte[64 * 1024];
            while (await connection.ReceiveAsync(buffer) is var count and > 0) await connection.SendAsync(buffer.AsMemory(0, count));
        }
    }
}
