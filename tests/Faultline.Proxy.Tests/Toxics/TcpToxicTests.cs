using System.Net;
using System.Net.Sockets;
using Faultline.Proxy.Links;
using Faultline.Proxy.Toxics;
using Faultline.TestSupport;

namespace Faultline.Proxy.Tests.Toxics;

/// <summary>Each toxic on plain connections.</summary>
public sealed class TcpToxicTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Without_toxics_every_byte_arrives_as_it_was_sent()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        byte[] bytes = Sockets.Numbered(1_000_000);

        Task sending = client.SendAllAsync(bytes);
        byte[] back = await client.ReadExactlyAsync(bytes.Length);
        await sending;

        back.SequenceEqual(bytes).ShouldBeTrue();
    }

    [Theory]
    [InlineData(StreamSide.Upstream)]
    [InlineData(StreamSide.Downstream)]
    public async Task Latency_makes_an_answer_late_in_either_direction(StreamSide stream)
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        link.Add("latency", stream, attributes: ("latency", 200));

        TimeSpan took = await Sockets.TimeAsync(() => RoundTripAsync(client, [1, 2, 3]));

        took.ShouldBeInRange(TimeSpan.FromMilliseconds(195), Slack);
        link.Acted("latency").ShouldBe(1);
    }

    [Fact]
    public async Task Bandwidth_limits_the_rate()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        link.Add("bandwidth", attributes: ("rate", 100));

        TimeSpan took = await Sockets.TimeAsync(() => RoundTripAsync(client, Sockets.Numbered(50_000)));

        took.ShouldBeInRange(TimeSpan.FromMilliseconds(450), Slack);
    }

    [Fact]
    public async Task Slow_close_delays_the_end_and_nothing_else()
    {
        await using var upstream = new TcpUpstream(async connection =>
        {
            await connection.SendAsync(new byte[] { 7 });
            connection.Shutdown(SocketShutdown.Send);
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("slow_close", attributes: ("delay", 300));
        long start = TimeProvider.System.GetTimestamp();
        using Socket client = await link.ConnectAsync();

        byte[] answer = await client.ReadAsync();
        TimeSpan answered = TimeProvider.System.GetElapsedTime(start);
        byte[] rest = await client.ReadToEndAsync();
        TimeSpan ended = TimeProvider.System.GetElapsedTime(start);

        answer.ShouldBe([7]);
        rest.ShouldBeEmpty();
        ended.ShouldBeInRange(TimeSpan.FromMilliseconds(295), Slack);
        answered.ShouldBeLessThan(ended);
    }

    [Fact]
    public async Task Timeout_swallows_everything_and_closes_after_its_time()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("timeout", attributes: ("timeout", 250));
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(new byte[100]);

        byte[] answer = [];
        TimeSpan took = await Sockets.TimeAsync(async () => answer = await client.ReadToEndAsync());

        answer.ShouldBeEmpty();
        took.ShouldBeInRange(TimeSpan.FromMilliseconds(150), Slack);
    }

    [Fact]
    public async Task Timeout_of_zero_holds_the_connection_until_it_is_removed()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("timeout", attributes: ("timeout", 0));
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(new byte[100]);
        await Limits.UntilAsync(() => link.Acted("timeout") > 0, "the toxic swallows the answer");

        client.HasNothingToRead().ShouldBeTrue();
        link.Remove("timeout");

        (await client.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reset_peer_resets_a_new_connection_after_its_time()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("reset_peer", attributes: ("timeout", 200));
        long start = TimeProvider.System.GetTimestamp();
        using Socket client = await link.ConnectAsync();

        await client.ShouldBeResetAsync();

        TimeProvider.System.GetElapsedTime(start).ShouldBeInRange(TimeSpan.FromMilliseconds(195), Slack);
    }

    [Fact]
    public async Task Reset_peer_hits_live_connections_too_on_both_sides()
    {
        var upstreamSaw = new TaskCompletionSource<SocketError>();
        await using var upstream = new TcpUpstream(async connection =>
        {
            try
            {
                await TcpUpstream.EchoAsync(connection);
            }
            catch (SocketException error)
            {
                upstreamSaw.SetResult(error.SocketErrorCode);
            }
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        await RoundTripAsync(client, [1]);

        link.Add("reset_peer");

        await client.ShouldBeResetAsync();
        (await upstreamSaw.Task.WaitAsync(Limits.Hang, TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBe(SocketError.ConnectionReset);
        link.Report.ConnectionsBroken.ShouldBe(1);
    }

    [Fact]
    public async Task Slicer_cuts_what_comes_into_small_pieces()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket client = await link.ConnectAsync();
        link.Add("slicer", attributes: [("average_size", 100), ("size_variation", 10), ("delay", 10_000)]);
        byte[] bytes = Sockets.Numbered(1000);
        await client.SendAllAsync(bytes);

        byte[] first = await client.ReadAsync();
        byte[] rest = await client.ReadExactlyAsync(bytes.Length - first.Length);

        first.Length.ShouldBeInRange(90, 660);
        first.Concat(rest).ShouldBe(bytes);
        link.Acted("slicer").ShouldBeInRange(8, 11);
    }

    [Fact]
    public async Task Limit_data_passes_exactly_so_many_bytes_and_closes()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("limit_data", attributes: ("bytes", 1234));
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(Sockets.Numbered(5000));

        (await client.ReadToEndAsync()).ShouldBe(Sockets.Numbered(1234));
    }

    [Fact]
    public async Task Packet_loss_of_one_loses_everything_and_counts_it()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("packet_loss", StreamSide.Upstream, attributes: ("loss_rate", 1));
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(new byte[10]);
        await Limits.UntilAsync(() => link.Acted("packet_loss") > 0, "the chunk is lost");

        link.Remove("packet_loss");
        await RoundTripAsync(client, [5]);

        link.Report.BytesFromClients.ShouldBe(11);
        await Limits.UntilAsync(() => link.Report.BytesToUpstream == 1, "what was forwarded is counted, which may come after it arrived");
    }

    [Fact]
    public async Task Corrupt_changes_bytes_but_not_their_number()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        link.Add("corrupt", attributes: ("rate", 1));
        using Socket client = await link.ConnectAsync();
        byte[] bytes = Sockets.Numbered(1000);
        await client.SendAllAsync(bytes);

        byte[] back = await client.ReadExactlyAsync(1000);

        back.Zip(bytes).ShouldAllBe(pair => pair.First != pair.Second);
    }

    [Fact]
    public async Task Blackhole_accepts_clients_and_reaches_the_upstream_only_after_its_removal()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using Socket before = await link.ConnectAsync();
        await RoundTripAsync(before, [1]);
        link.Add("blackhole_upstream_connect", StreamSide.Upstream);
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync(Sockets.Numbered(100));
        await Limits.UntilAsync(() => link.Acted("blackhole_upstream_connect") == 1, "the connection is held");

        await RoundTripAsync(before, [2]);
        upstream.Accepted.ShouldBe(1);
        link.Remove("blackhole_upstream_connect");

        (await client.ReadExactlyAsync(100)).ShouldBe(Sockets.Numbered(100));
    }

    [Fact]
    public async Task A_link_that_is_down_refuses_clients_and_cuts_live_ones_and_comes_back_at_the_same_port()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        string listen = link.Listen;
        using Socket live = await link.ConnectAsync();
        await RoundTripAsync(live, [1]);

        await link.Links.ChangeAsync(TestLink.Name, listen: null, upstream: null, enabled: false);

        await Should.ThrowAsync<SocketException>(link.ConnectAsync());
        (await EndsAsync(live)).ShouldBeTrue();
        link.Report.ConnectionsOpen.ShouldBe(0);
        await link.Links.ChangeAsync(TestLink.Name, listen: null, upstream: null, enabled: true);
        link.Listen.ShouldBe(listen);
        using Socket again = await link.ConnectAsync();
        await RoundTripAsync(again, [2]);
    }

    private static async Task RoundTripAsync(Socket client, byte[] bytes)
    {
        Task sending = client.SendAllAsync(bytes);
        (await client.ReadExactlyAsync(bytes.Length)).ShouldBe(bytes);
        await sending;
    }

    private static async Task<bool> EndsAsync(Socket client)
    {
        try
        {
            return (await client.ReadToEndAsync()).Length == 0;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.ConnectionReset;
        }
    }
}
