using System.Net;
using System.Text.Json;
using Faultline.Proxy.Problems;
using Faultline.TestSupport;

namespace Faultline.Proxy.Tests.Control;

/// <summary>What is ours beside Toxiproxy's API: config file, live counts, metrics, firings, options.</summary>
public sealed class ProxyServerTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"faultline-proxy-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_config_file_gives_links_with_toxics_and_http_faults()
    {
        await using HttpUpstream upstream = await HttpUpstream.StartAsync();
        await WriteAsync($$"""
            [
              // A comment is allowed.
              {
                "name": "menu", "upstream": "{{upstream.Address}}", "protocol": "http", "exempt_paths": ["/health"],
                "toxics": [{ "type": "latency", "attributes": { "latency": 1 } }],
                "http_faults": [{ "kind": ["abort", "status"], "when": "after", "match": { "path": "/absent" }, "trigger": { "probability": 0.5 }, "attributes": { "status": 500 } }],
              },
            ]
            """);
        await using ControlClient control = await ControlClient.StartAsync(_file);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{control.Server.Links.Report("menu").Listen}") };

        (await http.GetStringAsync("hello", TestContext.Current.CancellationToken)).ShouldBe(HttpUpstream.Secret);

        control.Server.Links.Report("menu").Toxics[0].Acted.ShouldBeGreaterThan(0);
        (await control.SendAsync("GET", "/proxies/menu/http-faults")).Body.ShouldStartWith(
            """[{"name":"abort_or_status_after","kind":["abort","status"],"when":"after","match":{"path":"/absent"},"trigger":{"probability":0.5},"attributes":{"status":500},"seed":""");
    }

    [Theory]
    [InlineData("[{]", "bad request body: ")]
    [InlineData("""[{"name":"a"}]""", "missing required field: upstream at proxy 1")]
    [InlineData("""[{"name":"a","upstream":"127.0.0.1:9"},{"name":"a","upstream":"127.0.0.1:9"}]""", "proxy 'a' is there twice")]
    [InlineData("""[{"name":"a","upstream":"127.0.0.1:9","toxics":[{"type":"wind"}]}]""", "invalid toxic type")]
    public async Task A_wrong_config_file_stops_the_start_with_a_sentence(string text, string reason)
    {
        await WriteAsync(text);

        ProxyException error = await Should.ThrowAsync<ProxyException>(() => ControlClient.StartAsync(_file));

        error.Message.ShouldStartWith($"The config file '{_file}' cannot be used: ");
        error.Message.ShouldContain(reason);
    }

    [Fact]
    public async Task Options_tell_all_their_problems_at_once()
    {
        ProxyException error = await Should.ThrowAsync<ProxyException>(() => ProxyServer.StartAsync(
            new ProxyOptions { Listen = "0.0.0.0:8474", ConnectLimit = TimeSpan.Zero, ConfigFile = "/nowhere.json" }, TimeProvider.System, TestContext.Current.CancellationToken));

        error.Message.ShouldContain("needs a token of at least 16 characters");
        error.Message.ShouldContain("the limit for connecting is 00:00:00");
        error.Message.ShouldContain("there is no config file '/nowhere.json'");
    }

    [Fact]
    public async Task A_taken_control_address_is_told()
    {
        await using ControlClient control = await ControlClient.StartAsync();

        ProxyException error = await Should.ThrowAsync<ProxyException>(() => ProxyServer.StartAsync(new ProxyOptions { Listen = control.Server.Address.Authority }, TimeProvider.System, TestContext.Current.CancellationToken));

        error.Message.ShouldBe($"The control address {control.Server.Address.Authority} is taken.");
    }

    [Fact]
    public async Task Live_counts_tell_which_links_carried_traffic()
    {
        await using HttpUpstream upstream = await HttpUpstream.StartAsync();
        await using ControlClient control = await ControlClient.StartAsync();
        await control.SendAsync("POST", "/populate", $$"""[{"name":"used","upstream":"{{upstream.Address}}","protocol":"http"},{"name":"idle","upstream":"{{upstream.Address}}"}]""");
        await control.SendAsync("POST", "/proxies/used/http-faults", """{"kind":"status","trigger":{"once":true}}""");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{control.Server.Links.Report("used").Listen}") };
        (await http.GetAsync("hello", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        await http.GetStringAsync("hello", TestContext.Current.CancellationToken);

        using JsonDocument json = JsonDocument.Parse((await control.SendAsync("GET", "/links")).Body);
        JsonElement[] links = [.. json.RootElement.GetProperty("links").EnumerateArray()];

        links.Select(link => (link.GetProperty("name").GetString(), link.GetProperty("carried_traffic").GetBoolean())).ShouldBe([("idle", false), ("used", true)]);
        links[1].GetProperty("connections_open").GetInt32().ShouldBe(1); // Still open: the counts are live.
        links[1].GetProperty("requests").GetInt32().ShouldBe(2);
        links[1].GetProperty("http_faults")[0].GetProperty("fired").GetInt32().ShouldBe(1);
        json.RootElement.GetProperty("seed").GetUInt64().ShouldBe(1ul);
        using JsonDocument firings = JsonDocument.Parse((await control.SendAsync("GET", "/firings")).Body);
        firings.RootElement[0].GetProperty("kind").GetString().ShouldBe("status");
        (await control.SendAsync("GET", "/links/absent")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metrics_are_text_that_Prometheus_reads()
    {
        await using var upstream = new TcpUpstream();
        await using ControlClient control = await ControlClient.StartAsync();
        await control.SendAsync("POST", "/proxies", $$"""{"name":"a \"b\"","upstream":"{{upstream.Address}}","toxics":[{"type":"slicer"}]}""");
        string listen = control.Server.Links.Report("a \"b\"").Listen;
        using System.Net.Sockets.Socket client = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await client.ConnectAsync(IPEndPoint.Parse(listen), TestContext.Current.CancellationToken);
        await client.SendAllAsync(new byte[10]);
        await client.ReadExactlyAsync(10);

        string text = (await control.SendAsync("GET", "/metrics")).Body;

        string labels = $$"""listener="{{listen}}",proxy="a \"b\"",upstream="{{upstream.Address}}"} 10""";
        text.ShouldContain($$"""toxiproxy_proxy_received_bytes_total{direction="upstream",{{labels}}""");
        text.ShouldContain($$"""toxiproxy_proxy_sent_bytes_total{direction="downstream",{{labels}}""");
        text.ShouldContain("""faultline_proxy_connections{proxy="a \"b\""} 1""");
        text.ShouldContain("""faultline_proxy_toxic_acted_total{proxy="a \"b\"",toxic="slicer_downstream",type="slicer",direction="downstream"} 9""");
        text.Split('\n').ShouldAllBe(line => line.Length == 0 || line.StartsWith('#') || line.Contains("} "));
    }

    [Fact]
    public async Task A_toxic_with_an_end_goes_away_by_itself_and_lets_go()
    {
        await using var upstream = new TcpUpstream();
        await using TestLink link = await TestLink.StartAsync(upstream.Address);
        using System.Net.Sockets.Socket client = await link.ConnectAsync();
        link.Links.AddToxic(TestLink.Name, new Faultline.Proxy.Toxics.ToxicConfig
        {
            Type = "latency",
            Attributes = new Dictionary<string, double> { ["latency"] = 3_600_000 },
            ExpiresAt = TimeProvider.System.GetUtcNow().AddMilliseconds(300),
        });

        await client.SendAllAsync(new byte[] { 1 });
        TimeSpan took = await Sockets.TimeAsync(() => client.ReadExactlyAsync(1));

        took.ShouldBeInRange(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));
        await Limits.UntilAsync(() => link.Report.Toxics.Count == 0, "the toxic is gone");
    }

    [Fact]
    public async Task The_end_of_a_toxic_is_shown_and_one_in_the_past_is_refused()
    {
        await using ControlClient control = await ControlClient.StartAsync();
        await control.SendAsync("POST", "/proxies", """{"name":"a","upstream":"127.0.0.1:9"}""");

        (await control.SendAsync("POST", "/proxies/a/toxics", """{"type":"latency","expires_at":"2099-01-01T00:00:00Z","seed":5}""")).Body.ShouldEndWith("\"expires_at\":\"2099-01-01T00:00:00+00:00\",\"seed\":5}");
        (await control.SendAsync("POST", "/proxies/a/toxics", """{"type":"slicer","expires_at":"2001-01-01T00:00:00Z"}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private Task WriteAsync(string text) => File.WriteAllTextAsync(_file, text, TestContext.Current.CancellationToken);
}
