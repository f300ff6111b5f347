using System.Net.Sockets;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.TestSupport;
using Faultline.Triggers;

namespace Faultline.Proxy.Tests.Links;

/// <summary>Connections: half-close, resets, hanging upstreams, back pressure.</summary>
public sealed class LinkTests
{
    [Fact]
    public async Task Half_close_is_kept_in_both_directions()
    {
        await using var upstream = new TcpUpstream(async connection =>
        {
            byte[] all = await connection.ReadToEndAsync(); // The client has ended; the answer still goes out.
            await connection.SendAllAsync(all);
            connection.Shutdown(SocketShutdown.Send);
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(Sockets.Numbered(200_000));
        client.Shutdown(SocketShutdown.Send);

        (await client.ReadToEndAsync()).SequenceEqual(Sockets.Numbered(200_000)).ShouldBeTrue();
        await Limits.UntilAsync(() => link.Report.ConnectionsOpen == 0, "the connection is over");
        link.Report.ConnectionsBroken.ShouldBe(0);
    }

    [Fact]
    public async Task Half_close_is_kept_behind_toxics()
    {
        await using var upstream = new TcpUpstream(async connection =>
        {
            byte[] all = await connection.ReadToEndAsync();
            await connection.SendAllAsync(all);
            connection.Shutdown(SocketShutdown.Send);
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("latency", StreamSide.Upstream, attributes: ("latency", 50));
        link.Add("slicer", StreamSide.Downstream, attributes: ("average_size", 1000));
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(Sockets.Numbered(50_000));
        client.Shutdown(SocketShutdown.Send);

        (await client.ReadToEndAsync()).SequenceEqual(Sockets.Numbered(50_000)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_reset_by_the_upstream_is_a_reset_for_the_client()
    {
        await using var upstream = new TcpUpstream(async connection =>
        {
            await connection.ReadAsync();
            connection.LingerState = new LingerOption(enable: true, 0);
            connection.Dispose();
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(new byte[] { 1 });

        await client.ShouldBeResetAsync();
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_ends_the_client_and_is_counted()
    {
        await using TestLink link = await TestLink.StartAsync("127.0.0.1:1");
        using Socket client = await link.ConnectAsync();

        (await client.ReadToEndAsync()).ShouldBeEmpty();

        link.Report.ConnectsFailed.ShouldBe(1);
        link.Report.LastConnectError.ShouldNotBeNull();
        link.Report.CarriedTraffic.ShouldBeFalse();
    }

    [Fact]
    public async Task A_hanging_upstream_blocks_no_other_client()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address, connectLimit: TimeSpan.FromMinutes(10));
        link.Add("blackhole_upstream_connect", StreamSide.Upstream, toxicity: 0.5, seed: 1);
        List<Socket> clients = [];
        int answered = 0;
        for (int number = 0; number < 20; number++) clients.Add(await link.ConnectAsync());

        Task[] talks = [.. clients.Select(async client =>
        {
            await client.SendAllAsync(new byte[] { 1 });
            await client.ReadExactlyAsync(1);
            Interlocked.Increment(ref answered);
        })];
        await Limits.UntilAsync(() => link.Acted("blackhole_upstream_connect") + Volatile.Read(ref answered) == 20, "all that are not held are answered");

        answered.ShouldBeInRange(3, 17);
        link.Remove("blackhole_upstream_connect");
        await Task.WhenAll(talks).EndsAsync();
        clients.ForEach(client => client.Dispose());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_client_that_leaves_while_its_upstream_hangs_leaves_nothing_behind(bool resets)
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address, connectLimit: TimeSpan.FromMilliseconds(200));
        link.Add("blackhole_upstream_connect", StreamSide.Upstream);
        Socket client = await link.ConnectAsync();
        await client.SendAllAsync(new byte[] { 1 });
        await Limits.UntilAsync(() => link.Acted("blackhole_upstream_connect") == 1, "the connection is held");

        if (resets) client.LingerState = new LingerOption(enable: true, 0);
        client.Dispose();

        await Limits.UntilAsync(() => link.Report.ConnectionsOpen == 0, "the connection is gone");
        upstream.Accepted.ShouldBe(0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_slow_reader_stops_the_sender_instead_of_filling_memory(bool hasToxic)
    {
        await using var upstream = new TcpUpstream(async connection =>
        {
            byte[] block = new byte[64 * 1024];
            while (true) await connection.SendAsync(block);
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        if (hasToxic) link.Add("slicer", attributes: ("average_size", 1000));
        using Socket client = await link.ConnectAsync();
        await client.ReadAsync();

        long last = -1;
        await Limits.UntilAsync(() => last == (last = link.Report.BytesFromUpstream), "the proxy reads no further");
        LinkReport report = link.Report;

        (report.BytesFromUpstream - report.BytesToClients).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_choices()
    {
        byte[] first = await CorruptedAsync(seed: 11);
        byte[] again = await CorruptedAsync(seed: 11);
        byte[] other = await CorruptedAsync(seed: 12);

        again.ShouldBe(first);
        other.ShouldNotBe(first);
    }

    [Fact]
    public async Task A_toxic_hits_live_connections_at_once_and_lets_them_go_at_once()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(new byte[] { 1 });
        await client.ReadExactlyAsync(1);

        link.Add("latency", attributes: ("latency", 3_600_000));
        await client.SendAllAsync(new byte[] { 2 });
        await Limits.UntilAsync(() => link.Acted("latency") == 1, "the answer is held");
        client.HasNothingToRead().ShouldBeTrue();
        link.Links.ChangeToxic(TestLink.Name, "latency", attributes: new Dictionary<string, double> { ["latency"] = 1 });

        (await client.ReadExactlyAsync(1)).ShouldBe([2]);
    }

    [Fact]
    public async Task Toxics_come_and_go_under_load_and_nothing_hangs_or_is_lost()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using var stop = new CancellationTokenSource();
        Task<long>[] loads = [.. Enumerable.Range(0, 4).Select(number => Task.Run(() => LoadAsync(link, number, stop.Token)))];

        string[] types = ["latency", "slicer", "bandwidth", "slow_close", "limit_data", "corrupt"];
        for (int cycle = 0; cycle < 1000; cycle++)
        {
            string type = types[cycle % types.Length];
            (string, double)[] attributes = type switch
            {
                "latency" => [("latency", 2)],
                "slicer" => [("average_size", 500)],
                "bandwidth" => [("rate", 10_000)],
                "limit_data" => [("bytes", 1_000_000_000)],
                "corrupt" => [("rate", 0)],
                _ => [],
            };
            link.Add(type, cycle % 2 == 0 ? StreamSide.Upstream : StreamSide.Downstream, attributes: attributes);
            if (cycle % 10 == 0) await PassesMoreAsync(link);
            link.Remove(type);
        }

        await stop.CancelAsync();
        long[] sent = await Task.WhenAll(loads).WaitAsync(Limits.Hang, TimeProvider.System, TestContext.Current.CancellationToken);
        sent.ShouldAllBe(bytes => bytes > 0);
        await Limits.UntilAsync(() => link.Report.ConnectionsOpen == 0, "every connection is over");
        await Limits.UntilAsync(() => link.Report.BytesToClients == sent.Sum(), "what was forwarded is counted, which may come after it arrived");
        link.Report.LastFailure.ShouldBeNull();
    }

    [Fact]
    public async Task A_removed_link_ends_its_connections_in_whatever_state_they_are()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("latency", attributes: ("latency", 3_600_000));
        link.Add("bandwidth", StreamSide.Upstream, attributes: ("rate", 1));
        List<Socket> clients = [];
        for (int number = 0; number < 10; number++)
        {
            Socket client = await link.ConnectAsync();
            await client.SendAllAsync(new byte[10_000]);
            clients.Add(client);
        }

        await link.Links.RemoveAsync(TestLink.Name).EndsAsync();

        link.Links.Report().ShouldBeEmpty();
        clients.ForEach(client => client.Dispose());
    }

    private static async Task PassesMoreAsync(TestLink link)
    {
        long before = link.Report.BytesToClients;
        await Limits.UntilAsync(() => link.Report.BytesToClients > before, "bytes pass");
    }

    private static async Task<long> LoadAsync(TestLink link, int number, CancellationToken stop)
    {
        using Socket client = await link.ConnectAsync();
        byte[] block = [.. Sockets.Numbered(3000).Select(each => (byte)(each + number))];
        long sent = 0;
        while (!stop.IsCancellationRequested)
        {
            await client.SendAllAsync(block);
            sent += block.Length;
            (await client.ReadExactlyAsync(block.Length)).SequenceEqual(block).ShouldBeTrue();
        }

        return sent;
    }

    private static async Task<byte[]> CorruptedAsync(ulong seed)
    {
        await using var upstream = new TcpUpstream();
        await using var links = new LinkSet(TimeProvider.System, new Seed(seed), "fl-operation", TimeSpan.FromSeconds(5));
        LinkReport report = await links.AddAsync(new LinkConfig
        {
            Name = "a",
            Upstream = upstream.Address,
            Toxics = [new ToxicConfig { Type = "corrupt", Attributes = new Dictionary<string, double> { ["rate"] = 0.01 } }],
        });
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(System.Net.IPEndPoint.Parse(report.Listen), TestContext.Current.CancellationToken);
        await client.SendAllAsync(Sockets.Numbered(10_000));
        return await client.ReadExactlyAsync(10_000);
    }
}
