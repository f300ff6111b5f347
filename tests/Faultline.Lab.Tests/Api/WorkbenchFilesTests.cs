using System.Net;
using System.Net.Http.Headers;
using Faultline.Lab.Api;
using Faultline.Lab.Tests.Support;

namespace Faultline.Lab.Tests.Api;

public sealed class WorkbenchFilesTests : IClassFixture<ApiLab>, IAsyncLifetime
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private readonly ApiLab _lab;
    private readonly TestFolder _folder = TestFolder.Create(suffix: $"-{Environment.TickCount64:x}", test: nameof(WorkbenchFilesTests));
    private LabServer _server = null!;

    public WorkbenchFilesTests(ApiLab lab) => _lab = lab;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "web", "assets"));
        await WriteAsync("web/index.html", "<!doctype html><title>page</title>");
        await WriteAsync("web/assets/app-1a2b.js", "plain");
        await WriteAsync("web/assets/app-1a2b.js.br", "brotli");
        await WriteAsync("secret.json", "{}");
        _server = await _lab.StartServerAsync(new LabServerOptions { Port = 0, Workbench = Path.Combine(_folder.Path, "web") });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/journeys/17?tab=x")]
    [InlineData("/scenarios/crash-after-commit")]
    public async Task Every_address_of_the_workbench_is_its_one_page(string path)
    {
        using HttpResponseMessage reply = await GetAsync(path);

        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("<title>page</title>");
        reply.Headers.CacheControl!.NoCache.ShouldBeTrue();
        reply.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self';");
    }

    [Fact]
    public async Task Assets_are_kept_by_browsers_and_come_compressed_to_those_who_can_read_that()
    {
        using HttpResponseMessage plain = await GetAsync("/assets/app-1a2b.js");
        using HttpResponseMessage compressed = await GetAsync("/assets/app-1a2b.js", "br");

        plain.Headers.CacheControl!.ToString().ShouldContain("immutable");
        (await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("plain");
        compressed.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        compressed.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        (await compressed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("brotli");

        using HttpResponseMessage again = await GetAsync("/assets/app-1a2b.js", tag: plain.Headers.ETag);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("/assets/gone.js")]
    [InlineData("/api/nothing")]
    [InlineData("/%2e%2e/secret.json")]
    [InlineData("/..%2fsecret.json")]
    public async Task What_is_no_file_of_it_is_not_there(string path)
    {
        using HttpResponseMessage reply = await GetAsync(path);

        (reply.StatusCode == HttpStatusCode.NotFound || (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("<title>page</title>", StringComparison.Ordinal)).ShouldBeTrue();
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotBe("{}");
    }

    [Fact]
    public async Task The_plain_status_page_stays_beside_it()
    {
        using HttpResponseMessage reply = await GetAsync("/status");

        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("<h1>Faultline lab");
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? encoding = null, EntityTagHeaderValue? tag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Addresses[0], path));
        if (encoding is not null) request.Headers.AcceptEncoding.ParseAdd(encoding);
        if (tag is not null) request.Headers.IfNoneMatch.Add(tag);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private Task WriteAsync(string path, string text) => File.WriteAllTextAsync(Path.Combine(_folder.Path, path), text, TestContext.Current.CancellationToken);
}
