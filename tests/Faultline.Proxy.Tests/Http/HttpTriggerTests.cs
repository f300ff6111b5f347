using System.Net;
using Faultline.Proxy.Http;
using Faultline.Proxy.Problems;
using Faultline.Triggers;

namespace Faultline.Proxy.Tests.Http;

/// <summary>Which requests HTTP faults hit.</summary>
public sealed class HttpTriggerTests
{
    [Fact]
    public async Task Method_path_and_header_choose_requests()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Status(new Matcher(Method: "get", Path: "/hel*", Headers: new Dictionary<string, string> { ["X-Who"] = "me" })));

        (await SendAsync(test, "hello", "me")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await SendAsync(test, "hello?a=1", "me")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await SendAsync(test, "hello", "you")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(test, "numbers/1", "me")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_health_check_can_be_exempt()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(exemptPaths: ["/health"]);
        test.Link.Add(Status(new Matcher()));

        (await SendAsync(test, "health")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(test, "hello")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        test.Link.Report.HttpFaults[0].Matched.ShouldBe(1);
    }

    [Fact]
    public async Task Every_third_request_is_hit()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Status(new Matcher()) with { Trigger = new TriggerRule.Every(3) });
        var hit = new List<bool>();

        for (int request = 0; request < 9; request++) hit.Add(await SendAsync(test, "hello") != HttpStatusCode.OK);

        hit.ShouldBe([false, false, true, false, false, true, false, false, true]);
        test.Link.Links.Firings.Select(firing => firing.Match).ShouldBe([3, 6, 9]);
        test.Link.Links.Firings.ShouldAllBe(firing => firing.Kind == "status" && firing.Path == "/hello" && firing.Link == TestLink.Name);
    }

    [Fact]
    public async Task The_same_seed_hits_the_same_operations_in_whatever_order_they_come()
    {
        bool[] first = await HitsAsync(seed: 7, Enumerable.Range(0, 60));
        bool[] backwards = await HitsAsync(seed: 7, Enumerable.Range(0, 60).Reverse());
        bool[] other = await HitsAsync(seed: 8, Enumerable.Range(0, 60));

        backwards.ShouldBe(first);
        other.ShouldNotBe(first);
    }

    [Fact]
    public void A_probability_is_exact_and_a_retry_draws_anew()
    {
        HttpFault fault = HttpFault.Read(Status(new Matcher()) with { Trigger = new TriggerRule.Probability(0.15) }, new Seed(1), default);
        int both = 0;
        for (int operation = 0; operation < 10_000; operation++)
        {
            bool first = Fires(fault, $"{operation}");
            bool retry = Fires(fault, $"{operation}");
            if (first && retry) both++;
        }

        fault.Counts().Fired.ShouldBeInRange(2850, 3150);
        both.ShouldBeInRange(170, 280);
    }

    [Fact]
    public void Of_several_kinds_each_is_picked_equally_often()
    {
        HttpFault fault = HttpFault.Read(Status(new Matcher()) with { Kinds = ["abort", "status"] }, new Seed(1), default);
        int aborts = 0;
        for (int operation = 0; operation < 10_000; operation++)
        {
            fault.Consider(Request(), $"{operation}", default, new HttpPlan(), (kind, _) => aborts += kind == "abort" ? 1 : 0);
        }

        aborts.ShouldBeInRange(4850, 5150);
    }

    [Theory]
    [InlineData("explode", HttpPhase.Before, "there is no kind 'explode'; it must be one of: abort, blackhole, duplicate, garbage, latency, slow_body, status, truncate")]
    [InlineData("duplicate", HttpPhase.After, "duplicate sends the request, so it must be 'before'")]
    [InlineData("latency", HttpPhase.After, "latency_ms is missing")]
    public void A_fault_that_makes_no_sense_is_refused_with_the_reason(string kind, HttpPhase when, string reason) =>
        Should.Throw<ProxyException>(() => HttpFault.Read(new HttpFaultConfig { Kinds = [kind], When = when }, new Seed(1), default)).Message.ShouldBe($"bad request body: {reason}");

    [Fact]
    public async Task The_first_fault_that_decides_is_the_last_that_is_asked()
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync();
        test.Link.Add(Status(new Matcher()) with { Name = "one", Trigger = new TriggerRule.Nth(1) });
        test.Link.Add(Status(new Matcher()) with { Name = "two" });

        await SendAsync(test, "hello");
        await SendAsync(test, "hello");

        test.Link.Report.HttpFaults.Select(report => report.Fired).ShouldBe([1, 1]);
    }

    private static HttpFaultConfig Status(Matcher match) => new() { Kinds = ["status"], When = HttpPhase.Before, Match = match };

    private static HttpHead Request() => HttpHead.Read("GET /hello HTTP/1.1\r\n\r\n"u8)!;

    private static bool Fires(HttpFault fault, string operation)
    {
        bool fired = false;
        fault.Consider(Request(), operation, default, new HttpPlan(), (_, _) => fired = true);
        return fired;
    }

    private static async Task<bool[]> HitsAsync(ulong seed, IEnumerable<int> operations)
    {
        await using HttpTestLink test = await HttpTestLink.StartAsync(seed: seed);
        test.Link.Add(Status(new Matcher()) with { Trigger = new TriggerRule.Probability(0.5) });
        var hits = new SortedDictionary<int, bool>();
        foreach (int operation in operations) hits[operation] = await SendAsync(test, "hello", operation: $"operation-{operation}") != HttpStatusCode.OK;
        return [.. hits.Values];
    }

    private static async Task<HttpStatusCode> SendAsync(HttpTestLink test, string path, string? who = null, string? operation = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (who is not null) request.Headers.Add("X-Who", who);
        if (operation is not null) request.Headers.Add("fl-operation", operation);
        using HttpResponseMessage reply = await test.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }
}
