using System.Collections.Immutable;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;

namespace Faultline.Hosting.Tests.Control;

public sealed class ControlGateTests
{
    public static TheoryData<string, string> Endpoints { get; } = new(
        ("GET", "/anomalies"), ("POST", "/anomalies"), ("DELETE", "/anomalies"), ("DELETE", "/anomalies/x"), ("GET", "/anomalies/points"), ("GET", "/anomalies/firings"), ("GET", "/guards"), ("PUT", "/guards/inbox"));

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Without_a_configured_token_no_endpoint_exists(string method, string path)
    {
        await using ControlServer server = await ControlServer.StartAsync(token: null);

        (await server.SendAsync(new HttpMethod(method), path)).Status.ShouldBe(404);
    }

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Every_endpoint_asks_for_the_token(string method, string path)
    {
        await using ControlServer server = await ControlServer.StartAsync();
        foreach (string? token in new[] { null, "", "wrong", ControlServer.Token + "x", ControlServer.Token[..^1] })
        {
            var (status, body, response) = await server.SendAsync(
                new HttpMethod(method), path, """{"on": false}""", request => request.Headers.TryAddWithoutValidation("Authorization", token is null ? "Basic eDp5" : $"Bearer {token}"));

            (status, body.GetProperty("code").GetString(), response.Headers.WwwAuthenticate.ToString()).ShouldBe((401, "control.unauthorized", "Bearer"));
        }

        server.Panel.Guards.Inbox.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Endpoints))]
    public async Task Every_endpoint_refuses_foreign_names_and_foreign_pages(string method, string path)
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var name = await server.SendAsync(new HttpMethod(method), path, "{}", request => request.Headers.Host = "evil.example:80");
        var page = await server.SendAsync(new HttpMethod(method), path, "{}", request => request.Headers.Add("Origin", "http://evil.example"));

        (name.Status, name.Body.GetProperty("code").GetString()).ShouldBe((403, "control.foreign-host"));
        (page.Status, page.Body.GetProperty("code").GetString()).ShouldBe((403, "control.foreign-origin"));
    }

    [Theory, InlineData("localhost:1234"), InlineData("127.0.0.1"), InlineData("[::1]:80"), InlineData("orders:8080")]
    public async Task Own_names_and_configured_ones_are_answered(string host)
    {
        await using ControlServer server = await ControlServer.StartAsync(hosts: ["orders"]);

        (await server.SendAsync(HttpMethod.Get, "/guards", change: request => request.Headers.Host = host)).Status.ShouldBe(200);
        (await server.SendAsync(HttpMethod.Get, "/guards", change: request => request.Headers.Add("Origin", $"http://{host}"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Token_that_is_too_short_stops_the_start() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => ControlServer.StartAsync(token: "short"))).Message.ShouldBe("the control token has 5 characters; it must have at least 16, or be absent");

    [Fact]
    public async Task Store_that_is_away_is_told_as_503()
    {
        await using ControlServer server = await ControlServer.StartAsync(store: new StoreAway());

        var (status, body, _) = await server.SendAsync(HttpMethod.Get, "/anomalies");

        (status, body.GetProperty("code").GetString()).ShouldBe((503, "control.store-away"));
    }

    private sealed class StoreAway : IControlStore
    {
        public Task<ControlState?> LoadAsync(long knownVersion, CancellationToken stop) => throw new IOException("no route");

        public Task<Placed> AddAsync(Anomaly anomaly, CancellationToken stop) => throw new IOException("no route");

        public Task<bool> RemoveAsync(Guid id, CancellationToken stop) => throw new IOException("no route");

        public Task<int> ClearAsync(CancellationToken stop) => throw new IOException("no route");

        public Task<ClaimOutcome?> ClaimAsync(Claim claim, CancellationToken stop) => throw new IOException("no route");

        public Task<ImmutableArray<Firing>> ListFiringsAsync(long after, int limit, CancellationToken stop) => throw new IOException("no route");

        public Task<GuardState> SetGuardAsync(string guard, bool on, DateTimeOffset at, CancellationToken stop) => throw new IOException("no route");
    }
}
