using System.Net.Sockets;
using Faultline.Proxy.Toxics;
using Faultline.TestSupport;

namespace Faultline.Proxy.Tests.Toxics;

/// <summary>Each toxic as an HTTP client sees it, on links that forward bytes and on links that read HTTP.</summary>
public sealed class HttpToxicTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    [Theory, InlineData(false), InlineData(true)]
    public async Task Latency_makes_replies_late(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        await test.WarmUpAsync();
        test.Link.Add("latency", attributes: ("latency", 200));

        (await Sockets.TimeAsync(test.WarmUpAsync)).ShouldBeInRange(TimeSpan.FromMilliseconds(195), Slack);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Bandwidth_makes_a_large_reply_slow(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        await test.WarmUpAsync();
        test.Link.Add("bandwidth", attributes: ("rate", 100));

        TimeSpan took = await Sockets.TimeAsync(async () => (await test.Client.GetByteArrayAsync("numbers/40000", TestContext.Current.CancellationToken)).ShouldBe(Sockets.Numbered(40_000)));

        took.ShouldBeInRange(TimeSpan.FromMilliseconds(350), Slack);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Slow_close_delays_the_end_of_a_connection(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        test.Link.Add("slow_close", attributes: ("delay", 300));
        using Socket client = await test.Link.ConnectAsync();
        await client.SendAllAsync("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());

        TimeSpan took = await Sockets.TimeAsync(client.ReadToEndAsync);

        took.ShouldBeInRange(TimeSpan.FromMilliseconds(290), Slack);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Timeout_leaves_a_request_without_reply_and_closes(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        await test.WarmUpAsync();
        test.Link.Add("timeout", attributes: ("timeout", 200));

        HttpRequestException error = await Should.ThrowAsync<HttpRequestException>(test.GetAsync());

        error.StatusCode.ShouldBeNull();
        test.Link.Acted("timeout").ShouldBeGreaterThan(0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Reset_peer_breaks_a_request(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        test.Link.Add("reset_peer", attributes: ("timeout", 100));

        await Should.ThrowAsync<HttpRequestException>(test.GetAsync());

        test.Link.Acted("reset_peer").ShouldBeGreaterThan(0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Slices_come_together_again(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        test.Link.Add("slicer", StreamSide.Upstream, attributes: [("average_size", 10), ("size_variation", 5), ("delay", 100)]);
        byte[] body = Sockets.Numbered(3000);

        (await test.PostAsync(body)).ShouldBe(body);

        test.Link.Acted("slicer").ShouldBeGreaterThan(200);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Limit_data_cuts_a_reply(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        test.Link.Add("limit_data", attributes: ("bytes", 5000));

        await Should.ThrowAsync<HttpRequestException>(test.Client.GetByteArrayAsync("numbers/20000", TestContext.Current.CancellationToken));

        await Limits.UntilAsync(() => test.Link.Report.BytesToClients == 5000, "what was forwarded is counted, which may come after it arrived");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Packet_loss_swallows_a_request(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        test.Link.Add("packet_loss", StreamSide.Upstream, attributes: ("loss_rate", 1));

        Task<HttpResponseMessage> reply = test.GetAsync();
        await Limits.UntilAsync(() => test.Link.Acted("packet_loss") > 0, "the request is lost");

        reply.IsCompleted.ShouldBeFalse();
        test.Upstream.Done.ShouldBeEmpty();
        await test.Link.Links.RemoveAsync(TestLink.Name);
        await Should.ThrowAsync<HttpRequestException>(reply);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Corrupt_changes_a_body(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        await test.WarmUpAsync();
        test.Link.Add("corrupt", seed: 3, attributes: ("rate", 0.0005));

        byte[] reply = await test.Client.GetByteArrayAsync("numbers/20000", TestContext.Current.CancellationToken);

        reply.Length.ShouldBe(20_000);
        reply.Zip(Sockets.Numbered(20_000)).Count(pair => pair.First != pair.Second).ShouldBeInRange(2, 30);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Blackhole_keeps_a_request_from_the_upstream_until_it_is_removed(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        test.Link.Add("blackhole_upstream_connect", StreamSide.Upstream);
        Task<HttpResponseMessage> reply = test.GetAsync();
        await Limits.UntilAsync(() => test.Link.Acted("blackhole_upstream_connect") > 0, "the connection is held");

        test.Upstream.Done.ShouldBeEmpty();
        test.Link.Remove("blackhole_upstream_connect");

        (await reply).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_link_that_is_down_refuses_requests(bool isHttp)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(isHttp);
        await test.WarmUpAsync();

        await test.Link.Links.ChangeAsync(TestLink.Name, listen: null, upstream: null, enabled: false);

        await Should.ThrowAsync<HttpRequestException>(test.GetAsync());
        await test.Link.Links.ChangeAsync(TestLink.Name, listen: null, upstream: null, enabled: true);
        await test.WarmUpAsync();
    }
}
