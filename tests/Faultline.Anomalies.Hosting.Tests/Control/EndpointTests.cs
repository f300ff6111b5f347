using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Faultline.Anomalies.Hosting.Tests.Control;

public sealed class EndpointTests
{
    private static readonly FaultPoint Pack = OwnPoint.Declare("till.pack.before", "the goods are paid and not packed", FaultKinds.Drop);

    [Fact]
    public async Task Without_a_token_there_are_no_endpoints_and_the_application_keeps_the_path()
    {
        await using TestApp app = await TestApp.StartAsync(token: null, map: web => web.MapGet("/anomalies/points", () => "the application's own"));

        (await app.ControlAsync(HttpMethod.Get, "/anomalies")).Status.ShouldBe(404);
        (await app.ControlAsync(HttpMethod.Post, "/anomalies", "{}")).Status.ShouldBe(404);
        (await app.Client.GetStringAsync("/anomalies/points", TestContext.Current.CancellationToken)).ShouldBe("the application's own");
    }

    [Theory, InlineData(null), InlineData("wrong"), InlineData(TestApp.Token + "x")]
    public async Task Without_the_right_token_every_endpoint_refuses(string? token)
    {
        await using TestApp app = await TestApp.StartAsync();
        foreach ((string method, string path) in new[] { ("GET", "/anomalies"), ("POST", "/anomalies"), ("DELETE", "/anomalies"), ("DELETE", "/anomalies/x"), ("GET", "/anomalies/points"), ("GET", "/anomalies/firings") })
        {
            var (status, body, _) = await app.ControlAsync(new HttpMethod(method), path, "{}", token);

            (status, body.GetProperty("code").GetString()).ShouldBe((401, "control.unauthorized"));
        }
    }

    [Fact]
    public async Task Foreign_names_and_pages_are_refused_and_configured_names_are_not()
    {
        await using TestApp app = await TestApp.StartAsync(options => options.Hosts.Add("till"));

        (await app.ControlAsync(HttpMethod.Get, "/anomalies", change: request => request.Headers.Host = "evil.example")).Body.GetProperty("code").GetString().ShouldBe("control.foreign-host");
        (await app.ControlAsync(HttpMethod.Get, "/anomalies", change: request => request.Headers.Add("Origin", "http://evil.example"))).Body.GetProperty("code").GetString().ShouldBe("control.foreign-origin");
        (await app.ControlAsync(HttpMethod.Get, "/anomalies", change: request => request.Headers.Host = "till:80")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Replies_look_the_same_however_the_application_writes_its_own_JSON()
    {
        await using TestApp app = await TestApp.StartAsync(services: services => services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper));

        var (status, placed, response) = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "http.request.before", "kind": "delay", "parameters": {"delayMs": 5}}""");
        var (_, wrong, _) = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "nowhere", "kind": "nothing"}""");

        (status, placed.GetProperty("parameters").GetProperty("delayMs").GetInt32(), response.Headers.Location!.ToString()).ShouldBe((201, 5, $"/anomalies/{placed.GetProperty("id")}"));
        wrong.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("code").GetString()).ShouldBe(["anomaly.unknown-point", "anomaly.unknown-kind"]);
    }

    [Fact]
    public async Task Points_are_those_that_the_application_has_and_its_own_ones_with_the_kinds_that_they_honour()
    {
        await using TestApp app = await TestApp.StartAsync(options =>
        {
            options.Points.Add(Pack);
            options.Consumes.Add("parcel");
        });

        JsonElement[] points = [.. (await app.ControlAsync(HttpMethod.Get, "/anomalies/points")).Body.GetProperty("points").EnumerateArray()];

        points.Select(point => point.GetProperty("name").GetString()).ShouldBe(["http.send.before", "http.receive.after", "http.request.before", "http.response.before", "till.pack.before"]);
        points[^1].GetProperty("kinds").EnumerateArray().Select(kind => (kind.GetProperty("name").GetString(), kind.GetProperty("effect").GetString()))
            .ShouldBe([("delay", "open"), ("exception", "open"), ("hang", "open"), ("crash", "open"), ("drop", "open")]);
        points[^1].GetProperty("messageTypes").EnumerateArray().Select(type => type.GetString()).ShouldBe(["parcel"]);
    }

    [Fact]
    public async Task Kind_that_a_point_does_not_honour_is_refused_with_the_points_where_it_makes_sense()
    {
        await using TestApp app = await TestApp.StartAsync(options => options.Points.Add(Pack));

        var own = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "till.pack.before", "kind": "duplicate"}""");
        var http = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "http.request.before", "kind": "duplicate"}""");
        var drop = await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "till.pack.before", "kind": "drop"}""");

        (own.Status, own.Body.GetProperty("detail").GetString()).ShouldBe((400, "'duplicate' is refused at 'till.pack.before': the application does not honour it at this point of its own. It makes sense at: http.send.before"));
        (http.Status, http.Body.GetProperty("code").GetString()).ShouldBe((400, "anomaly.refused"));
        drop.Status.ShouldBe(201);
        app.Points.IsArmed(Pack).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"point": "http.request.before", "kind": "delay"}""", "request.missing", "parameters.delayMs is missing; it must be a whole number from 0 to 600000")]
    [InlineData("""{"point": "http.request.before", "kind": "delay", "parameters": {"delayMs": -1}}""", "request.out-of-range", "parameters.delayMs is -1")]
    [InlineData("""{"point": "db.commit.before", "kind": "hang"}""", "anomaly.unknown-point", "service 'shop/till' has no fault point 'db.commit.before'")]
    [InlineData("""{"point": "http.request.before", "kind": "hang", "service": "shop/other"}""", "anomaly.unknown-service", "this is 'shop/till'")]
    [InlineData("""{"point": "http.request.before", "kind": "hang", "match": {"messageType": "x"}}""", "anomaly.nothing-to-match", "HTTP requests")]
    public async Task Bad_input_is_told_with_what_is_allowed(string json, string code, string detail)
    {
        await using TestApp app = await TestApp.StartAsync();

        var (status, body, _) = await app.ControlAsync(HttpMethod.Post, "/anomalies", json);

        (status, body.GetProperty("code").GetString()).ShouldBe((400, code));
        body.GetProperty("detail").GetString()!.ShouldContain(detail);
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_with_all_that_is_wrong()
    {
        string told = (await Should.ThrowAsync<InvalidOperationException>(() => TestApp.StartAsync(options =>
        {
            options.ControlToken = "short";
            options.Instance = "till 1";
            options.ControlUrl = "nowhere";
            options.ExemptPaths.Add("health/");
            options.Points.Add(FaultPoints.PublishSendBefore);
            options.Points.Add(Pack);
            options.Points.Add(Pack);
        }))).Message;

        foreach (string problem in new[] { "the control token has 5 characters", "Faultline:Instance is 'till 1'", "Faultline:ControlUrl is 'nowhere'", "'health/' must begin with", "'publish.send.before' is one of the product's own", "'till.pack.before' is given twice" })
        {
            told.ShouldContain(problem);
        }
    }

    [Fact]
    public void Second_call_is_refused() => Should.Throw<InvalidOperationException>(() => new ServiceCollection().AddFaultlineAnomalies().AddFaultlineAnomalies()).Message.ShouldContain("one call");

    [Fact]
    public async Task Configuration_is_read_where_code_says_nothing_and_a_host_without_server_answers_on_a_port_of_its_own()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Night.Watch" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Faultline:ControlToken"] = TestApp.Token, ["Faultline:ControlUrl"] = "http://127.0.0.1:0", ["Faultline:Instance"] = "watch-1" });
        var log = new AddressLog();
        builder.Logging.AddProvider(log);
        builder.Services.AddFaultlineAnomalies(options => options.Points.Add(Pack));
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {TestApp.Token}");

        JsonElement points = JsonDocument.Parse(await client.GetStringAsync($"{log.Address}/points", TestContext.Current.CancellationToken)).RootElement;
        (await client.DeleteAsync(log.Address, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        points.GetProperty("service").GetString().ShouldBe("Night.Watch");
        points.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("name").GetString()).ShouldBe(["http.send.before", "http.receive.after", "till.pack.before"]);
        await host.StopAsync(TestContext.Current.CancellationToken);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync($"{log.Address}/points")).EndsAsync();
    }

    [Fact]
    public async Task Host_without_server_that_does_not_say_where_to_answer_does_not_start()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Night.Watch" });
        builder.Services.AddFaultlineAnomalies(options => options.ControlToken = TestApp.Token);
        using IHost host = builder.Build();

        (await Should.ThrowAsync<InvalidOperationException>(() => host.StartAsync())).Message.ShouldStartWith("Faultline:ControlUrl is missing");
    }

    [Fact]
    public async Task With_a_port_of_their_own_the_endpoints_are_not_on_that_of_the_application()
    {
        await using TestApp app = await TestApp.StartAsync(options => options.ControlUrl = "http://127.0.0.1:0");

        (await app.ControlAsync(HttpMethod.Get, "/anomalies")).Status.ShouldBe(404);
    }

    private sealed class AddressLog : ILoggerProvider, ILogger
    {
        public string? Address { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 2101 && state is IEnumerable<KeyValuePair<string, object?>> values) Address = values.First(value => value.Key == "Address").Value as string;
        }

        public void Dispose()
        {
        }
    }
}
