using System.Net;
using System.Net.Sockets;
using Faultline.Proxy.Http;
using Faultline.TestSupport;
using Faultline.Triggers;

namespace Faultline.Proxy.Tests.Http;

/// <summary>Each HTTP fault, before the upstream's work and after it.</summary>
public sealed class HttpFaultTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Without_faults_requests_and_replies_pass_as_they_are()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();

        await test.WarmUpAsync();
        (await test.PostAsync(Sockets.Numbered(300_000))).ShouldBe(Sockets.Numbered(300_000));
        (await test.Client.GetByteArrayAsync("chunked/1000", TestContext.Current.CancellationToken)).ShouldBe(Sockets.Numbered(1000));
        (await test.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "hello"), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await test.Client.GetAsync("absent", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        test.Link.Report.Requests.ShouldBe(5);
        test.Link.Report.ConnectionsAccepted.ShouldBe(1);
    }

    [Theory, InlineData(HttpPhase.Before), InlineData(HttpPhase.After)]
    public async Task Latency_is_fixed(HttpPhase when)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        await test.WarmUpAsync();
        test.Link.Add(Fault("latency", when, new HttpFaultSettings { LatencyMs = 200 }));

        (await Sockets.TimeAsync(test.WarmUpAsync)).ShouldBeInRange(TimeSpan.FromMilliseconds(195), Slack);
    }

    [Theory]
    [InlineData("uniform", 90, 110)]
    [InlineData("exponential", 85, 115)]
    public void Latency_has_the_distribution_that_was_asked_for(string distribution, int low, int high)
    {
        HttpFaultSettings settings = new() { Distribution = distribution, MinMs = 0, MaxMs = 200, LatencyMs = 100 };
        var seed = new Seed(1);

        double[] waits = [.. Enumerable.Range(0, 5000).Select(number =>
        {
            var plan = new HttpPlan();
            new LatencyFault().Act(plan, new HttpAct(HttpPhase.Before, settings, seed.For("latency", $"{number}"), default));
            return plan.Waits[0].Time.TotalMilliseconds;
        })];

        waits.Average().ShouldBeInRange(low, high);
        waits.Max().ShouldBeGreaterThan(190);
        if (distribution == "uniform") waits.Max().ShouldBeLessThan(200);
        else waits.Max().ShouldBeGreaterThan(400);
    }

    [Theory, InlineData(HttpPhase.Before, 0), InlineData(HttpPhase.After, 1)]
    public async Task Abort_resets_the_connection_before_or_after_the_work(HttpPhase when, int done)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("abort", when));
        using Socket client = await test.Link.ConnectAsync();
        await client.SendAllAsync("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());

        await client.ShouldBeResetAsync();

        test.Upstream.Done.Count.ShouldBe(done);
    }

    [Theory, InlineData(HttpPhase.Before, 0), InlineData(HttpPhase.After, 1)]
    public async Task Status_replaces_the_reply_and_nothing_of_the_upstream_leaks(HttpPhase when, int done)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("status", when, new HttpFaultSettings { Status = 429, RetryAfterSeconds = 7, Body = "{\"own\":1}", ContentType = "application/json" }));

        using HttpResponseMessage reply = await test.GetAsync();

        reply.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        reply.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("{\"own\":1}");
        reply.Headers.Contains("X-Upstream").ShouldBeFalse();
        test.Upstream.Done.Count.ShouldBe(done);
    }

    [Theory, InlineData(HttpPhase.Before), InlineData(HttpPhase.After)]
    public async Task After_a_status_the_same_connection_goes_on(HttpPhase when)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("status", when, trigger: new TriggerRule.First(2)) with { Match = new Matcher(Method: "POST") });

        for (int request = 0; request < 2; request++)
        {
            using var content = new ByteArrayContent(Sockets.Numbered(100_000));
            using HttpResponseMessage reply = await test.Client.PostAsync("echo", content, TestContext.Current.CancellationToken);
            reply.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        (await test.PostAsync(Sockets.Numbered(100_000))).Length.ShouldBe(100_000);
        test.Link.Report.ConnectionsAccepted.ShouldBe(1);
    }

    [Theory]
    [InlineData("numbers/1000", 300)]
    [InlineData("numbers/1000", null)]
    [InlineData("chunked/1000", 300)]
    public async Task Truncate_cuts_the_reply(string path, int? bytes)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("truncate", HttpPhase.After, new HttpFaultSettings { Bytes = bytes }));
        using HttpResponseMessage reply = await test.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using Stream body = await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        byte[] read = new byte[1000];
        int expected = bytes ?? 500;
        await body.ReadExactlyAsync(read.AsMemory(0, expected), TestContext.Current.CancellationToken);

        read[..expected].ShouldBe(Sockets.Numbered(expected));
        await Should.ThrowAsync<HttpIOException>(async () => await body.ReadExactlyAsync(read.AsMemory(0, 1), TestContext.Current.CancellationToken));
        test.Upstream.Done.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Truncate_before_gives_the_upstream_half_a_request_so_that_no_work_is_done()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("truncate", HttpPhase.Before));

        await Should.ThrowAsync<HttpRequestException>(test.PostAsync(Sockets.Numbered(1000)));
        await Should.ThrowAsync<HttpRequestException>(test.GetAsync());

        test.Upstream.Done.ShouldBeEmpty();
        test.Link.Report.BytesToUpstream.ShouldBeGreaterThan(500);
    }

    [Theory, InlineData("numbers/1000"), InlineData("chunked/1000")]
    public async Task Garbage_stands_in_for_the_body_in_a_valid_reply(string path)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("garbage", HttpPhase.After));

        byte[] reply = await test.Client.GetByteArrayAsync(path, TestContext.Current.CancellationToken);

        reply.Length.ShouldBe(1000);
        reply.Zip(Sockets.Numbered(1000)).Count(pair => pair.First == pair.Second).ShouldBeLessThan(50);
        test.Upstream.Done.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Garbage_before_answers_without_the_upstream()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("garbage", HttpPhase.Before, new HttpFaultSettings { Bytes = 50 }));

        (await test.Client.GetByteArrayAsync("hello", TestContext.Current.CancellationToken)).Length.ShouldBe(50);
        test.Upstream.Done.ShouldBeEmpty();
    }

    [Theory, InlineData(HttpPhase.Before), InlineData(HttpPhase.After)]
    public async Task Slow_body_trickles(HttpPhase when)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        await test.WarmUpAsync();
        test.Link.Add(Fault("slow_body", when, new HttpFaultSettings { BytesPerSecond = 2000 }));

        TimeSpan took = await Sockets.TimeAsync(async () => (await test.PostAsync(Sockets.Numbered(600))).ShouldBe(Sockets.Numbered(600)));

        took.ShouldBeInRange(TimeSpan.FromMilliseconds(290), Slack);
    }

    [Fact]
    public async Task Duplicate_sends_the_request_twice_and_the_client_gets_one_reply()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("duplicate", HttpPhase.Before, trigger: new TriggerRule.Nth(1)));

        (await test.PostAsync(Sockets.Numbered(5000))).ShouldBe(Sockets.Numbered(5000));
        test.Upstream.Done.ShouldBe([("POST /echo", 5000), ("POST /echo", 5000)]);
        await test.WarmUpAsync();

        test.Upstream.Done.Count.ShouldBe(3);
    }

    [Theory, InlineData(HttpPhase.Before, 0), InlineData(HttpPhase.After, 1)]
    public async Task Blackhole_never_answers_and_lets_go_when_it_is_removed(HttpPhase when, int done)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("blackhole", when));
        Task<HttpResponseMessage> reply = test.GetAsync();
        await Limits.UntilAsync(() => test.Link.Links.Firings.Count == 1, "the fault fires");

        reply.IsCompleted.ShouldBeFalse();
        test.Upstream.Done.Count.ShouldBe(done);
        test.Link.Links.RemoveHttpFault(TestLink.Name, $"blackhole_{(when is HttpPhase.Before ? "before" : "after")}");

        await Should.ThrowAsync<HttpRequestException>(reply);
        await test.WarmUpAsync();
    }

    [Fact]
    public async Task A_client_that_gives_up_in_a_black_hole_leaves_nothing_behind()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("blackhole", HttpPhase.Before));
        using var patience = new CancellationTokenSource();

        Task<HttpResponseMessage> reply = test.Client.GetAsync("hello", patience.Token);
        await Limits.UntilAsync(() => test.Link.Links.Firings.Count == 1, "the fault fires");
        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reply);
        await Limits.UntilAsync(() => test.Link.Report.ConnectionsOpen == 0, "the connection is gone");
    }

    [Fact]
    public async Task A_removed_latency_lets_its_requests_go_at_once()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("latency", HttpPhase.Before, new HttpFaultSettings { LatencyMs = 600_000 }));
        Task<HttpResponseMessage> reply = test.GetAsync();
        await Limits.UntilAsync(() => test.Link.Links.Firings.Count == 1, "the fault fires");

        test.Link.Links.RemoveHttpFault(TestLink.Name, "latency_before");

        (await reply).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_no_http_passes_through_a_link_that_reads_http()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address, isHttp: true);
        using Socket client = await link.ConnectAsync();
        byte[] bytes = [.. "PRI * HTTP/2.0\r\n\r\n"u8, .. Sockets.Numbered(1000)];
        await client.SendAllAsync(bytes);

        (await client.ReadExactlyAsync(bytes.Length)).ShouldBe(bytes);
    }

    [Fact]
    public async Task An_upgraded_connection_carries_bytes_of_any_kind()
    {
        byte[] switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"u8.ToArray();
        await using var upstream = new TcpUpstream(async connection =>
        {
            await connection.ReceiveAsync(new byte[4096]);
            await connection.SendAsync(switching);
            await TcpUpstream.EchoAsync(connection);
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address, isHttp: true);
        using Socket client = await link.ConnectAsync();
        await client.SendAllAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"u8.ToArray());
        (await client.ReadExactlyAsync(switching.Length)).ShouldBe(switching);

        await client.SendAllAsync(Sockets.Numbered(500));

        (await client.ReadExactlyAsync(500)).ShouldBe(Sockets.Numbered(500));
    }

    [Fact]
    public async Task A_client_that_waits_for_permission_to_send_its_body_gets_it()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "echo") { Content = new ByteArrayContent(Sockets.Numbered(1000)) };
        request.Headers.ExpectContinue = true;

        using HttpResponseMessage reply = await test.Client.SendAsync(request, TestContext.Current.CancellationToken);

        (await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBe(Sockets.Numbered(1000));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_client_that_leaves_before_the_reply_is_told_to_the_upstream(bool resets)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = new TcpUpstream(async connection =>
        {
            await connection.ReadAsync();
            asked.SetResult();
            try
            {
                if ((await connection.ReadAsync()).Length == 0) left.SetResult();
            }
            catch (SocketException)
            {
                left.SetResult();
            }
        });
        await using TestLink link = await TestLink.StartAsync(upstream.Address, isHttp: true);
        Socket client = await link.ConnectAsync();
        await client.SendAllAsync("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await asked.Task.EndsAsync();

        if (resets) client.LingerState = new LingerOption(enable: true, 0);
        client.Dispose();

        await left.Task.EndsAsync();
        await Limits.UntilAsync(() => link.Report.ConnectionsOpen == 0, "the connection is over");
    }

    [Fact]
    public async Task A_client_that_leaves_while_its_upstream_hangs_leaves_nothing_behind()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address, isHttp: true, connectLimit: TimeSpan.FromMilliseconds(200));
        link.Add("blackhole_upstream_connect");
        Socket client = await link.ConnectAsync();
        await client.SendAllAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await Limits.UntilAsync(() => link.Acted("blackhole_upstream_connect") == 1, "the connection is held");

        client.Dispose();

        await Limits.UntilAsync(() => link.Report.ConnectionsOpen == 0, "the connection is gone");
        upstream.Accepted.ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_to_a_request_whose_body_nobody_reads_arrives_whole()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Fault("status", HttpPhase.Before, new HttpFaultSettings { Status = 413, Body = "too much" }));
        using Socket client = await test.Link.ConnectAsync();
        await client.SendAllAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n"u8.ToArray());
        await client.SendAllAsync(new byte[1_000_000]); // It does not wait for permission.

        string answer = System.Text.Encoding.ASCII.GetString(await client.ReadToEndAsync());

        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldEndWith("Connection: close\r\n\r\ntoo much");
    }

    [Fact]
    public async Task A_client_that_breaks_off_inside_its_body_breaks_the_request_off()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        Socket client = await test.Link.ConnectAsync();
        await client.SendAllAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"u8.ToArray());
        await Limits.UntilAsync(() => test.Link.Report.BytesToUpstream > 50, "the request is on its way");

        client.Dispose();

        await Limits.UntilAsync(() => test.Link.Report.ConnectionsOpen == 0, "the connection is over");
        test.Upstream.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Requests_that_come_in_one_packet_are_answered_in_order()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        using Socket client = await test.Link.ConnectAsync();
        await client.SendAllAsync("GET /numbers/3 HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());

        string replies = System.Text.Encoding.ASCII.GetString(await client.ReadToEndAsync());

        replies.ShouldContain("\r\n\r\n\0\u0001\u0002HTTP/1.1 200 OK");
        replies.ShouldEndWith(HttpUpstream.Secret);
    }

    private static HttpFaultConfig Fault(string kind, HttpPhase when, HttpFaultSettings? settings = null, TriggerRule? trigger = null) =>
        new() { Kinds = [kind], When = when, Settings = settings ?? new HttpFaultSettings(), Trigger = trigger ?? new TriggerRule.Always() };
}
