using System.Net;
using System.Text.Json;

namespace Faultline.Proxy.Tests.Control;

/// <summary>The control API, as Toxiproxy's clients see it.</summary>
public sealed class ToxiproxyApiTests
{
    private const string Upstream = "127.0.0.1:9";

    [Fact]
    public async Task A_new_proxy_comes_back_with_its_real_port()
    {
        await using ControlClient control = await ControlClient.StartAsync();

        (HttpStatusCode status, string body) = await control.SendAsync("POST", "/proxies", $$"""{"name":"a","listen":"127.0.0.1:0","upstream":"{{Upstream}}"}""");

        status.ShouldBe(HttpStatusCode.Created);
        string listen = control.Server.Links.Report("a").Listen;
        listen.ShouldMatch(@"^127\.0\.0\.1:[1-9]\d+$");
        body.ShouldBe($$"""{"name":"a","listen":"{{listen}}","upstream":"{{Upstream}}","enabled":true,"toxics":[]}""");
        (await control.SendAsync("GET", "/proxies/a")).ShouldBe((HttpStatusCode.OK, body));
        (await control.SendAsync("GET", "/proxies")).ShouldBe((HttpStatusCode.OK, $$"""{"a":{{body}}}"""));
    }

    [Theory]
    [InlineData("POST", "/proxies", "{", 400, "bad request body: *")]
    [InlineData("POST", "/proxies", "", 400, "bad request body: *")]
    [InlineData("POST", "/proxies", """{"upstream":"127.0.0.1:9"}""", 400, "missing required field: name")]
    [InlineData("POST", "/proxies", """{"name":"b"}""", 400, "missing required field: upstream")]
    [InlineData("POST", "/proxies", """{"name":"b","upstream":"nowhere"}""", 400, "bad request body: upstream is 'nowhere'; it must be host:port*")]
    [InlineData("POST", "/proxies", """{"name":"a","upstream":"127.0.0.1:9"}""", 409, "proxy already exists")]
    [InlineData("GET", "/proxies/b", null, 404, "proxy not found")]
    [InlineData("DELETE", "/proxies/b", null, 404, "proxy not found")]
    [InlineData("PATCH", "/proxies/b", "{}", 404, "proxy not found")]
    [InlineData("PATCH", "/proxies/a", """{"enabled":1}""", 400, "bad request body: enabled must be true or false")]
    [InlineData("GET", "/proxies/b/toxics", null, 404, "proxy not found")]
    [InlineData("POST", "/proxies/a/toxics", """{"type":"nonsense"}""", 400, "invalid toxic type")]
    [InlineData("POST", "/proxies/a/toxics", "{}", 400, "invalid toxic type")]
    [InlineData("POST", "/proxies/a/toxics", """{"type":"latency","stream":"sideways"}""", 400, "stream was invalid, can be either upstream or downstream")]
    [InlineData("POST", "/proxies/a/toxics", """{"type":"latency","attributes":{"latency":"1"}}""", 400, "bad request body: attributes.latency must be a number")]
    [InlineData("POST", "/proxies/a/toxics", """{"type":"latency","attributes":{"latncy":1}}""", 400, "bad request body: latency has no attribute 'latncy'; it has: latency, jitter")]
    [InlineData("POST", "/proxies/a/toxics", """{"type":"latency","attributes":{"latency":1.5}}""", 400, "bad request body: latency is 1.5; it must be a whole number*")]
    [InlineData("POST", "/proxies/a/toxics", """{"type":"latency","toxicity":1.5}""", 400, "bad request body: toxicity is 1.5; it must be a number from 0 to 1")]
    [InlineData("POST", "/proxies/a/toxics", """{"type":"slicer","name":"there"}""", 409, "toxic already exists")]
    [InlineData("GET", "/proxies/a/toxics/b", null, 404, "toxic not found")]
    [InlineData("POST", "/proxies/a/toxics/b", "{}", 404, "toxic not found")]
    [InlineData("DELETE", "/proxies/a/toxics/b", null, 404, "toxic not found")]
    [InlineData("POST", "/proxies/a/http-faults", """{"kind":"status"}""", 400, "bad request body: proxy 'a' forwards bytes*")]
    [InlineData("POST", "/proxies/h/http-faults", """{"kind":"status","match":{"metod":"GET"}}""", 400, "bad request body: match has no 'metod'; it has: method, path, headers")]
    [InlineData("POST", "/proxies/h/http-faults", """{"kind":"status","trigger":{"nth":0}}""", 400, "bad request body: trigger.nth is 0*")]
    [InlineData("POST", "/proxies/h/http-faults", "{}", 400, "missing required field: kind")]
    [InlineData("DELETE", "/proxies/h/http-faults/b", null, 404, "http fault not found")]
    public async Task What_is_wrong_is_told_with_status_and_text(string method, string path, string? body, int status, string message)
    {
        await using ControlClient control = await ControlClient.StartAsync();
        await control.SendAsync("POST", "/proxies", $$"""{"name":"a","upstream":"{{Upstream}}","toxics":[{"type":"latency","name":"there"}]}""");
        await control.SendAsync("POST", "/proxies", $$"""{"name":"h","upstream":"{{Upstream}}","protocol":"http"}""");

        (HttpStatusCode got, string reply) = await control.SendAsync(method, path, body);

        ((int)got).ShouldBe(status);
        reply.ShouldEndWith("}\n");
        using JsonDocument json = JsonDocument.Parse(reply);
        json.RootElement.GetProperty("status").GetInt32().ShouldBe(status);
        string error = json.RootElement.GetProperty("error").GetString()!;
        if (message.EndsWith('*')) error.ShouldStartWith(message[..^1]);
        else error.ShouldBe(message);
    }

    [Fact]
    public async Task A_taken_address_is_an_error_of_the_server_that_names_it()
    {
        await using var upstream = new TcpUpstream();
        await using ControlClient control = await ControlClient.StartAsync();

        (HttpStatusCode status, string body) = await control.SendAsync("POST", "/proxies", $$"""{"name":"a","listen":"{{upstream.Address}}","upstream":"{{Upstream}}"}""");

        status.ShouldBe(HttpStatusCode.InternalServerError);
        body.ShouldStartWith($$"""{"error":"listen tcp {{upstream.Address}}: """);
        (await control.SendAsync("GET", "/proxies")).Body.ShouldBe("{}");
    }

    [Fact]
    public async Task A_toxic_is_created_shown_changed_and_removed()
    {
        await using ControlClient control = await ControlClient.StartAsync();
        await control.SendAsync("POST", "/proxies", $$"""{"name":"a","upstream":"{{Upstream}}"}""");
        const string Toxic = """{"attributes":{"latency":100,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}""";

        (await control.SendAsync("POST", "/proxies/a/toxics", """{"type":"latency","attributes":{"latency":100}}""")).ShouldBe((HttpStatusCode.OK, Toxic));
        (await control.SendAsync("GET", "/proxies/a/toxics")).ShouldBe((HttpStatusCode.OK, $"[{Toxic}]"));
        (await control.SendAsync("GET", "/proxies/a")).Body.ShouldEndWith($",\"toxics\":[{Toxic}]}}");
        string changed = Toxic.Replace("\"jitter\":0", "\"jitter\":5").Replace("\"toxicity\":1", "\"toxicity\":0.5");
        (await control.SendAsync("PATCH", "/proxies/a/toxics/latency_downstream", """{"attributes":{"jitter":5},"toxicity":0.5}""")).ShouldBe((HttpStatusCode.OK, changed));
        (await control.SendAsync("POST", "/proxies/a/toxics/latency_downstream", """{"attributes":{"latency":7}}""")).Body.ShouldBe(changed.Replace("100", "7"));
        (await control.SendAsync("GET", "/proxies/a/toxics/latency_downstream")).Body.ShouldBe(changed.Replace("100", "7"));
        (await control.SendAsync("DELETE", "/proxies/a/toxics/latency_downstream")).ShouldBe((HttpStatusCode.NoContent, ""));
        (await control.SendAsync("GET", "/proxies/a/toxics")).Body.ShouldBe("[]");
    }

    [Fact]
    public async Task A_proxy_is_moved_disabled_enabled_and_removed()
    {
        await using var first = new TcpUpstream(connection => connection.SendAsync("1"u8.ToArray()));
        await using var second = new TcpUpstream(connection => connection.SendAsync("2"u8.ToArray()));
        await using ControlClient control = await ControlClient.StartAsync();
        await control.SendAsync("POST", "/proxies", $$"""{"name":"a","upstream":"{{first.Address}}"}""");
        string listen = control.Server.Links.Report("a").Listen;

        (await control.SendAsync("PATCH", "/proxies/a", $$"""{"upstream":"{{second.Address}}"}""")).Body
            .ShouldBe($$"""{"name":"a","listen":"{{listen}}","upstream":"{{second.Address}}","enabled":true,"toxics":[]}""");
        (await control.SendAsync("POST", "/proxies/a", """{"enabled":false}""")).Body.ShouldContain("\"enabled\":false");
        (await control.SendAsync("POST", "/reset")).ShouldBe((HttpStatusCode.NoContent, ""));
        (await control.SendAsync("GET", "/proxies/a")).Body.ShouldContain("\"enabled\":true");
        (await control.SendAsync("DELETE", "/proxies/a")).ShouldBe((HttpStatusCode.NoContent, ""));
        (await control.SendAsync("GET", "/proxies")).Body.ShouldBe("{}");
    }

    [Fact]
    public async Task Reset_enables_everything_and_removes_every_fault()
    {
        await using ControlClient control = await ControlClient.StartAsync();
        await control.SendAsync("POST", "/proxies", $$"""{"name":"a","upstream":"{{Upstream}}","enabled":false,"toxics":[{"type":"latency"}]}""");
        await control.SendAsync("POST", "/proxies", $$"""{"name":"h","upstream":"{{Upstream}}","protocol":"http","http_faults":[{"kind":"status"}]}""");

        await control.SendAsync("POST", "/reset");

        control.Server.Links.Report().ShouldAllBe(link => link.Enabled && link.Toxics.Count == 0 && link.HttpFaults.Count == 0);
    }

    [Fact]
    public async Task Populate_keeps_what_is_unchanged_and_replaces_the_rest()
    {
        await using var upstream = new TcpUpstream();
        await using ControlClient control = await ControlClient.StartAsync();
        string all = $$"""[{"name":"a","listen":"localhost:0","upstream":"{{upstream.Address}}"},{"name":"b","upstream":"{{Upstream}}","enabled":false}]""";
        (HttpStatusCode status, string body) = await control.SendAsync("POST", "/populate", all);
        status.ShouldBe(HttpStatusCode.Created);
        body.ShouldStartWith("""{"proxies":[{"name":"a","listen":"127.0.0.1:""");
        string listen = control.Server.Links.Report("a").Listen;
        using System.Net.Sockets.Socket live = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await live.ConnectAsync(IPEndPoint.Parse(listen), TestContext.Current.CancellationToken);
        await live.SendAllAsync(new byte[] { 1 });
        await live.ReadExactlyAsync(1);

        (await control.SendAsync("POST", "/populate", all)).ShouldBe((HttpStatusCode.Created, body));
        await live.SendAllAsync(new byte[] { 2 });
        await live.ReadExactlyAsync(1);
        (HttpStatusCode partial, string told) = await control.SendAsync("POST", "/populate", $$"""[{"name":"b","upstream":"{{upstream.Address}}"},{"name":"c","listen":"{{upstream.Address}}","upstream":"{{Upstream}}"}]""");

        partial.ShouldBe(HttpStatusCode.InternalServerError);
        told.ShouldStartWith($$"""{"error":"listen tcp {{upstream.Address}}: """);
        told.ShouldContain(""","status":500,"proxies":[{"name":"b",""");
        control.Server.Links.Report("b").Upstream.ShouldBe(upstream.Address);
    }

    [Fact]
    public async Task Populate_is_read_whole_before_anything_is_made()
    {
        await using ControlClient control = await ControlClient.StartAsync();

        (HttpStatusCode status, string body) = await control.SendAsync("POST", "/populate", $$"""[{"name":"a","upstream":"{{Upstream}}"},{"name":"b"}]""");

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.ShouldBe("""{"error":"missing required field: upstream at proxy 2","status":400,"proxies":[]}""");
        (await control.SendAsync("GET", "/proxies")).Body.ShouldBe("{}");
    }

    [Fact]
    public async Task The_version_is_one_that_clients_understand()
    {
        await using ControlClient control = await ControlClient.StartAsync();

        (await control.SendAsync("GET", "/version")).Body.ShouldMatch("""^\{"version": "2\.\d+\.\d+", "faultline": "\d+\.\d+\.\d+"\}\n$""");
    }

    [Fact]
    public async Task Browsers_are_kept_out()
    {
        await using ControlClient control = await ControlClient.StartAsync();

        (await control.SendAsync("POST", "/reset", headers: ("User-Agent", "Mozilla/5.0 (X11)"))).ShouldBe((HttpStatusCode.Forbidden, "User agent not allowed\n"));
        (await control.SendAsync("GET", "/proxies", headers: ("Host", "evil.example"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await control.SendAsync("POST", "/reset", headers: ("Origin", "http://evil.example"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await control.SendAsync("GET", "/nothing")).ShouldBe((HttpStatusCode.NotFound, "404 page not found\n"));
        (await control.SendAsync("PUT", "/proxies")).Status.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_token_is_asked_for_when_there_is_one()
    {
        await using ControlClient control = await ControlClient.StartAsync(token: "0123456789abcdef");

        (await control.SendAsync("GET", "/proxies")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await control.SendAsync("GET", "/proxies", headers: ("Authorization", "Bearer 0123456789abcdeX"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await control.SendAsync("GET", "/proxies", headers: ("Authorization", "Bearer 0123456789abcdef"))).Status.ShouldBe(HttpStatusCode.OK);
    }
}
