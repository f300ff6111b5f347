using Faultline.TestSupport;

namespace Faultline.Proxy.Tests;

/// <summary>A link to an HTTP upstream, with a client of its own.</summary>
internal sealed class HttpTestLink : IAsyncDisposable
{
    private HttpTestLink(HttpUpstream upstream, TestLink link)
    {
        Upstream = upstream;
        Link = link;
        Client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = Timeout.InfiniteTimeSpan }) { BaseAddress = link.Uri, Timeout = Limits.Hang };
    }

    public HttpUpstream Upstream { get; }

    public TestLink Link { get; }

    public HttpClient Client { get; }

    public static async Task<HttpTestLink> StartAsync(bool isHttp = true, ulong seed = 1, IReadOnlyList<string>? exemptPaths = null)
    {
        HttpUpstream upstream = await HttpUpstream.StartAsync();
        return new HttpTestLink(upstream, await TestLink.StartAsync(upstream.Address, isHttp, seed, exemptPaths: exemptPaths));
    }

    /// <summary>A request on a connection that was used before.</summary>
    public async Task WarmUpAsync() => (await Client.GetStringAsync("hello", TestContext.Current.CancellationToken)).ShouldBe(HttpUpstream.Secret);

    public Task<HttpResponseMessage> GetAsync(string path = "hello") => Client.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<byte[]> PostAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using HttpResponseMessage reply = await Client.PostAsync("echo", content, TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Link.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
