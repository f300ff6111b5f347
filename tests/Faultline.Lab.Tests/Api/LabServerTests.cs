using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Faultline.Lab.Api;
using Faultline.Lab.Problems;

namespace Faultline.Lab.Tests.Api;

public sealed class LabServerTests(ApiLab lab) : IClassFixture<ApiLab>
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    public async Task It_answers_under_names_of_this_machine_only(string host, HttpStatusCode status)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, "/api/disruptions", request => request.Headers.Host = host);

        reply.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.Forbidden) (await CodeOf(reply)).ShouldBe("lab.foreign-host");
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    public async Task A_page_of_somebody_else_changes_nothing(string origin)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Delete, "/api/disruptions", request => request.Headers.Add("Origin", origin));

        reply.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await CodeOf(reply)).ShouldBe("lab.foreign-origin");
    }

    [Fact]
    public async Task A_page_of_its_own_may_change_things_under_either_name()
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Delete, "/api/disruptions", request => request.Headers.Add("Origin", $"http://localhost:{lab.Address.Port}"));

        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_that_a_browser_calls_cross_site_changes_nothing()
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Delete, "/api/disruptions", request => request.Headers.Add("Sec-Fetch-Site", "cross-site"));

        reply.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task With_a_token_every_request_must_bring_it()
    {
        await using LabServer server = await lab.StartServerAsync(new LabServerOptions { Port = 0, Token = ApiLab.Token });
        async Task<HttpStatusCode> AskAsync(string scheme, string? credentials)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Addresses[0], "/api/disruptions"));
            if (credentials is not null) request.Headers.Authorization = new AuthenticationHeaderValue(scheme, credentials);
            using HttpResponseMessage reply = await Http.SendAsync(request, TestContext.Current.CancellationToken);
            return reply.StatusCode;
        }

        (await AskAsync("Bearer", null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync("Bearer", "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync("Bearer", ApiLab.Token)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{ApiLab.Token}")))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync("Basic", "%%%")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("/v1/traces", true, HttpStatusCode.OK)]
    [InlineData("/v1/traces", false, HttpStatusCode.Unauthorized)]
    [InlineData("/api/disruptions", true, HttpStatusCode.Unauthorized)]
    public async Task With_a_token_services_tell_their_telemetry_by_a_key_of_its_own_that_opens_nothing_else(string path, bool withKey, HttpStatusCode status)
    {
        await using LabServer server = await lab.StartServerAsync(new LabServerOptions { Port = 0, Token = ApiLab.Token });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Addresses[0], path));
        request.Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf") } };
        if (withKey) request.Headers.Add("faultline-telemetry", lab.Plane.Lab.Telemetry.Key);

        using HttpResponseMessage reply = await Http.SendAsync(request, TestContext.Current.CancellationToken);

        reply.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_clear_sentence()
    {
        var options = new LabServerOptions { Port = lab.Address.Port };

        Should.Throw<LabException>(() => LabServer.RequireFreePort(options)).Message.ShouldContain($"Port {lab.Address.Port} is taken");
        (await Should.ThrowAsync<LabException>(() => lab.StartServerAsync(options))).Message.ShouldContain("choose another port with --port");
    }

    [Theory]
    [InlineData("GET", "/api/nothing", null, 404, "request.no-route")]
    [InlineData("PATCH", "/api/status", null, 405, "request.wrong-method")]
    [InlineData("GET", "/api/systems/nosuch", null, 404, "system.unknown")]
    [InlineData("POST", "/api/systems/nosuch/reset", null, 404, "system.unknown")]
    [InlineData("POST", "/api/systems/nosuch/samples", null, 404, "system.unknown")]
    [InlineData("DELETE", "/api/systems/demo/samples", null, 409, "lab.refused")]
    [InlineData("GET", "/api/systems/demo/ledger", null, 503, "service.not-running")]
    [InlineData("GET", "/api/services/demo/nosuch", null, 404, "service.unknown")]
    [InlineData("GET", "/api/services/demo/nosuch/guards", null, 404, "service.unknown")]
    [InlineData("GET", "/api/services/demo/echo/guards", null, 503, "service.not-running")]
    [InlineData("POST", "/api/anomalies", "[]", 400, "request.not-an-object")]
    [InlineData("POST", "/api/anomalies", "{}", 400, "request.missing")]
    [InlineData("POST", "/api/anomalies", """{"service":"demo/nosuch"}""", 400, "anomaly.unknown-service")]
    [InlineData("POST", "/api/anomalies", """{"service":"demo/echo","service":"x"}""", 400, "request.not-an-object")]
    [InlineData("DELETE", "/api/anomalies/17", null, 404, "anomaly.not-found")]
    [InlineData("GET", "/api/anomalies/firings?limit=0", null, 400, "request.out-of-range")]
    [InlineData("GET", "/api/logs/demo/nosuch", null, 404, "target.unknown")]
    [InlineData("GET", "/api/logs/postgres/queue?lines=many", null, 400, "request.out-of-range")]
    [InlineData("GET", "/api/journey/17", null, 404, "journey.not-found")]
    [InlineData("GET", "/api/journeys?outcome=fine", null, 400, "request.out-of-range")]
    [InlineData("GET", "/api/events?topics=weather", null, 400, "request.out-of-range")]
    [InlineData("GET", "/api/metrics?seconds=7", null, 400, "request.out-of-range")]
    [InlineData("GET", "/api/metrics?system=nosuch", null, 404, "system.unknown")]
    [InlineData("GET", "/api/scenarios/nosuch", null, 404, "scenario.unknown")]
    [InlineData("GET", "/api/reports/..", null, 404, "request.no-route")]
    [InlineData("GET", "/api/reports/nosuch", null, 404, "report.unknown")]
    [InlineData("GET", "/api/reports/..%2f..%2fx/files/report.json", null, 404, "report.unknown")]
    [InlineData("GET", "/api/reports/compare", null, 400, "request.out-of-range")]
    [InlineData("GET", "/api/experiments/text?path=../x.yaml", null, 404, "experiment.no-file")]
    [InlineData("GET", "/apps/demo/nosuch/x", null, 404, "service.unknown")]
    [InlineData("POST", "/api/deadletters/replay", "{}", 400, "request.out-of-range")]
    [InlineData("POST", "/api/deadletters/replay", """{"all":true,"letters":[{"service":"demo/echo","id":1}]}""", 400, "request.out-of-range")]
    [InlineData("POST", "/api/disruptions", "{", 400, "request.unreadable")]
    [InlineData("POST", "/api/disruptions", """{"verb":"maim","target":"postgres/queue"}""", 400, "request.out-of-range")]
    [InlineData("POST", "/api/disruptions", """{"verb":"kill","target":"demo/nosuch"}""", 404, "target.unknown")]
    [InlineData("POST", "/api/disruptions", """{"verb":"pause","target":"postgres/queue","stayDown":true}""", 400, "request.out-of-range")]
    [InlineData("POST", "/api/disruptions", """{"verb":"kill","aim":"postgres/queue"}""", 400, "request.unreadable")]
    public async Task Every_mistake_is_answered_with_problem_details(string method, string path, string? body, int status, string code)
    {
        using HttpResponseMessage reply = await SendAsync(new HttpMethod(method), path, request =>
        {
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        });

        ((int)reply.StatusCode).ShouldBe(status);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await CodeOf(reply)).ShouldBe(code);
    }

    [Fact]
    public async Task The_document_has_every_route_with_a_name_and_a_summary()
    {
        JsonElement document = await Http.GetFromJsonAsync<JsonElement>(new Uri(lab.Address, "/openapi/v1.json"), TestContext.Current.CancellationToken);

        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name)];
        paths.ShouldBeSubsetOf(paths.Where(path => path.StartsWith("/api/", StringComparison.Ordinal)));
        paths.ShouldBe(
            [
                "/api/status", "/api/catalogue", "/api/systems", "/api/systems/{system}", "/api/systems/{system}/reset", "/api/systems/{system}/samples", "/api/systems/{system}/migrations", "/api/systems/{system}/ledger",
                "/api/services/{system}/{service}", "/api/services/{system}/{service}/anomalies", "/api/services/{system}/{service}/anomalies/{id}", "/api/services/{system}/{service}/anomalies/points",
                "/api/services/{system}/{service}/anomalies/firings", "/api/services/{system}/{service}/firings", "/api/services/{system}/{service}/guards", "/api/services/{system}/{service}/guards/{name}",
                "/api/services/{system}/{service}/messaging", "/api/services/{system}/{service}/deadletters", "/api/services/{system}/{service}/deadletters/{id}",
                "/api/services/{system}/{service}/deadletters/replay", "/api/services/{system}/{service}/deadletters/discard", "/api/anomalies", "/api/anomalies/{id}", "/api/anomalies/points",
                "/api/anomalies/firings", "/api/guards", "/api/deadletters", "/api/logs/{scope}/{name}", "/api/logs/{scope}/{name}/follow", "/api/disruptions", "/api/disruptor", "/api/partitions", "/api/links", "/api/links/toxics", "/api/links/http-faults", "/api/links/faults", "/api/links/faults/{name}", "/api/journey/{id}",
                "/api/runs", "/api/runs/{id}", "/api/runs/{id}/lines", "/api/runs/{id}/summary", "/api/runs/{id}/files/{name}",
                "/api/map", "/api/events", "/api/faults", "/api/faults/clear", "/api/metrics", "/api/metrics/latest", "/api/catalogue/faults", "/api/scenarios", "/api/scenarios/{id}", "/api/journeys",
                "/api/deadletters/replay", "/api/deadletters/discard", "/api/services/{system}/{service}/deadletters/{id}/replay",
                "/api/reports", "/api/reports/compare", "/api/reports/{id}", "/api/reports/{id}/files/{name}", "/api/experiments", "/api/experiments/text",
            ],
            ignoreOrder: true);
        JsonElement[] operations = [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value)];
        operations.Where(operation => !operation.TryGetProperty("operationId", out _) || !operation.TryGetProperty("summary", out _)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_status_page_needs_no_script_and_shows_what_runs()
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, "/", _ => { });

        string page = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        reply.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        page.ShouldNotContain("<script");
        page.ShouldContain("postgres/queue <strong class=\"good\">healthy</strong>");
        page.ShouldContain("Does not run in this lab");
        page.ShouldContain("href=\"/openapi/v1.json\"");
    }

    [Fact]
    public async Task The_log_of_a_cluster_can_be_followed()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        using HttpResponseMessage reply = await Http.GetAsync(new Uri(lab.Address, "/api/logs/postgres/queue/follow?lines=5"), HttpCompletionOption.ResponseHeadersRead, limit.Token);

        reply.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync(limit.Token));
        (await lines.ReadLineAsync(limit.Token)).ShouldBe("event: line");
        (await lines.ReadLineAsync(limit.Token))!.ShouldContain("\"target\":\"postgres/queue\"");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage> with)
    {
        using var request = new HttpRequestMessage(method, new Uri(lab.Address, path));
        with(request);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string?> CodeOf(HttpResponseMessage reply) =>
        (await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString();
}
