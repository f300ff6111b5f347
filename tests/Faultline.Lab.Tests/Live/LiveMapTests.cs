using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Faultline.Lab.Systems;
using Faultline.Lab.Tests.Control;
using Faultline.Lab.Tests.Support;
using Faultline.Lab.Tests.Telemetry;

namespace Faultline.Lab.Tests.Live;

public sealed class LiveMapTests(RunLab lab) : IClassFixture<RunLab>
{
    [Fact]
    public async Task The_map_shows_services_databases_and_the_links_between_them()
    {
        JsonElement map = await JsonAsync("/api/map");

        map.GetProperty("systems").EnumerateArray().Select(system => system.GetString()).ShouldBe(["demo"]);
        Ids(map, "nodes").ShouldBe(["demo/client", "demo/echo", "demo/echo#database", "demo/broker"], ignoreOrder: true);
        Ids(map, "edges").ShouldBe(["request:demo/client>demo/echo", "store:demo/echo>demo/echo#database"], ignoreOrder: true);
        JsonElement service = Node(map, "demo/echo");
        service.GetProperty("health").GetString().ShouldBe("healthy");
        service.GetProperty("answers").GetBoolean().ShouldBeTrue();
        service.GetProperty("instances")[0].GetProperty("target").GetString().ShouldBe("demo/echo-1");
        map.GetProperty("edges").EnumerateArray().Select(edge => edge.GetProperty("link").GetString()).ShouldBe(["demo/client-echo", "demo/echo-database"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_fault_on_a_link_is_on_its_edge_with_the_request_that_takes_it_away()
    {
        using (await lab.SendAsync(HttpMethod.Post, "/api/links/toxics", new { link = "demo/client-echo", type = "latency", attributes = new { latency = 5 } })) { }

        JsonElement fault = await EventuallyAsync("/api/faults", faults => faults.EnumerateArray().FirstOrDefault(each => each.GetProperty("layer").GetString() == "toxic" && each.GetProperty("link").GetString() == "demo/client-echo"));
        fault.GetProperty("edges")[0].GetString().ShouldBe("request:demo/client>demo/echo");
        JsonElement remove = fault.GetProperty("remove");
        using HttpResponseMessage removed = await lab.SendAsync(new HttpMethod(remove.GetProperty("method").GetString()!), remove.GetProperty("path").GetString()!);

        removed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await EventuallyAsync("/api/faults", faults => faults.GetArrayLength() == 0 ? faults : default);
    }

    [Fact]
    public async Task A_viewer_gets_the_map_then_changes_and_after_a_break_only_what_it_missed()
    {
        await using EventReader first = await EventReader.OpenAsync(lab.Address, lastId: null);
        (string type, string? id, JsonElement snapshot) = await first.NextAsync();
        type.ShouldBe("snapshot");
        Ids(snapshot, "nodes").ShouldContain("demo/echo");

        using (await lab.SendAsync(HttpMethod.Post, "/api/links/toxics", new { link = "demo/echo-database", type = "latency", name = "slow", attributes = new { latency = 1 } })) { }
        JsonElement change = await first.UntilAsync("delta", delta => delta.TryGetProperty("faults", out JsonElement faults) && faults.GetArrayLength() > 0);
        change.TryGetProperty("systems", out _).ShouldBeFalse("only what has changed is told");

        await using EventReader second = await EventReader.OpenAsync(lab.Address, id);
        (string resumed, _, JsonElement missed) = await second.NextAsync();
        resumed.ShouldBe("delta");
        missed.GetProperty("faults").GetArrayLength().ShouldBe(1);

        await using EventReader stranger = await EventReader.OpenAsync(lab.Address, "00000000-7");
        (await stranger.NextAsync()).Type.ShouldBe("snapshot", "an id of another lab leads to the whole map");
        using (await lab.SendAsync(HttpMethod.Delete, "/api/links/faults")) { }
        await EventuallyAsync("/api/faults", faults => faults.GetArrayLength() == 0 ? faults : default);
    }

    [Fact]
    public async Task Who_watches_is_counted_and_while_somebody_does_services_are_asked()
    {
        await using (EventReader viewer = await EventReader.OpenAsync(lab.Address, lastId: null))
        {
            await viewer.NextAsync();
            JsonElement watched = (await JsonAsync("/api/status")).GetProperty("telemetry");
            watched.GetProperty("viewers").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
            watched.GetProperty("isLooking").GetBoolean().ShouldBeTrue();
        }

        // A viewer that has gone is noticed with the next event, and fifteen seconds later nothing is asked any more.
        await EventuallyAsync("/api/status", status => status.GetProperty("telemetry") is var seen && seen.GetProperty("viewers").GetInt32() == 0 && !seen.GetProperty("isLooking").GetBoolean() ? seen : default);
    }

    [Fact]
    public async Task All_faults_go_at_once()
    {
        using (await lab.SendAsync(HttpMethod.Post, "/api/anomalies", new { service = "demo/echo", point = "consume.handle.before", kind = "delay", parameters = new { delayMs = 1 } })) { }
        using (await lab.SendAsync(HttpMethod.Post, "/api/links/toxics", new { link = "demo/client-echo", type = "latency", name = "late", attributes = new { latency = 1 } })) { }
        using (await lab.SendAsync(HttpMethod.Post, "/api/disruptions", new { verb = "pause", target = "demo/echo-1" })) { }

        using HttpResponseMessage reply = await lab.SendAsync(HttpMethod.Post, "/api/faults/clear");

        JsonElement cleared = await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        cleared.GetProperty("problems").GetArrayLength().ShouldBe(0, cleared.ToString());
        cleared.GetProperty("removed").GetInt32().ShouldBe(3);
        await EventuallyAsync("/api/faults", faults => faults.GetArrayLength() == 0 ? faults : default);
    }

    [Fact]
    public async Task Telemetry_of_the_real_exporter_becomes_figures_over_time()
    {
        byte[] body = ExportedBody.OfMetrics(meter => meter.CreateCounter<long>("faultline.messages.published").Add(5, new KeyValuePair<string, object?>("messaging.message.type", "shop.order")));
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(lab.Address, "/v1/metrics")) { Content = content };
        using HttpResponseMessage taken = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);

        JsonElement series = await EventuallyAsync("/api/metrics?seconds=60", metrics => metrics.GetProperty("series").EnumerateArray().FirstOrDefault(each =>
            each.GetProperty("id").GetString() == "published@demo/orders" && each.GetProperty("values").EnumerateArray().Any(value => value.ValueKind == JsonValueKind.Number)));
        series.GetProperty("unit").GetString().ShouldBe("1/s");
        series.GetProperty("values").GetArrayLength().ShouldBe(60);
    }

    [Theory]
    [InlineData("/v1/traces", "text/plain", "x", 415, "telemetry.wrong-media-type")]
    [InlineData("/v1/traces", "application/x-protobuf", "nonsense", 400, "request.unreadable")]
    public async Task Telemetry_that_is_none_is_refused(string path, string type, string body, int status, string code)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue(type));
        using HttpResponseMessage reply = await Http.PostAsync(new Uri(lab.Address, path), content, TestContext.Current.CancellationToken);

        ((int)reply.StatusCode).ShouldBe(status);
        (await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task A_request_to_an_app_reaches_the_service_over_its_link_and_its_answer_is_no_page_of_the_lab()
    {
        using HttpResponseMessage reply = await lab.SendAsync(HttpMethod.Get, "/apps/demo/echo/health/ready");

        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        reply.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
        (await lab.RefusalAsync(HttpMethod.Get, "/apps/demo/nosuch/x")).Code.ShouldBe("service.unknown");
        (await lab.RefusalAsync(HttpMethod.Get, "/apps/idle/echo/x")).Code.ShouldBe("service.not-running");
    }

    [Fact]
    public async Task Cookies_of_a_system_pass_both_ways_and_stay_with_it_and_no_other_cookie_does()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(lab.Address, "/apps/demo/echo/cookies"));
        request.Headers.Add("Cookie", "faultline=secret; demo-who=ann; idle-who=bob");
        using HttpResponseMessage reply = await Http.SendAsync(request, TestContext.Current.CancellationToken);

        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("demo-who=ann");
        reply.Headers.GetValues("Set-Cookie").ShouldBe(["demo-who=ann; httponly; path=/apps/demo/"]);
    }

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    private async Task<JsonElement> JsonAsync(string path)
    {
        using HttpResponseMessage reply = await lab.SendAsync(HttpMethod.Get, path);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks again until what is looked for is there.</summary>
    private async Task<JsonElement> EventuallyAsync(string path, Func<JsonElement, JsonElement> find)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (find(await JsonAsync(path)) is { ValueKind: not JsonValueKind.Undefined } found) return found;
            if (TimeProvider.System.GetElapsedTime(start) > Limits.Hang) throw new TimeoutException($"{path} never showed what was looked for.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static IEnumerable<string> Ids(JsonElement map, string of) => map.GetProperty(of).EnumerateArray().Select(each => each.GetProperty("id").GetString()!);

    private static JsonElement Node(JsonElement map, string id) => map.GetProperty("nodes").EnumerateArray().Single(node => node.GetProperty("id").GetString() == id);
}
