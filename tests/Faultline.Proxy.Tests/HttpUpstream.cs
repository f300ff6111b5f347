using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Faultline.Proxy.Tests;

/// <summary>An HTTP upstream that remembers what it did.</summary>
internal sealed class HttpUpstream : IAsyncDisposable
{
    public const string Secret = "the upstream's own words";

    private readonly WebApplication _app;

    private HttpUpstream(WebApplication app) => _app = app;

    public string Address => new Uri(_app.Urls.First()).Authority;

    /// <summary>The requests that were handled to their end, as method and path, with the length of their body.</summary>
    public ConcurrentQueue<(string Request, int Length)> Done { get; } = new();

    public static async Task<HttpUpstream> StartAsync()
    {
        WebApplicationBuilder web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = web.Build();
        var upstream = new HttpUpstream(app);
        app.MapGet("/hello", upstream.HelloAsync);
        app.MapGet("/health", upstream.HelloAsync);
        app.MapGet("/numbers/{count:int}", upstream.NumbersAsync);
        app.MapGet("/chunked/{count:int}", upstream.ChunkedAsync);
        app.MapPost("/echo", upstream.EchoAsync);
        await app.StartAsync();
        return upstream;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HelloAsync(HttpContext http)
    {
        Done.Enqueue(($"{http.Request.Method} {http.Request.Path}", 0));
        http.Response.Headers["X-Upstream"] = "here";
        http.Response.ContentLength = Secret.Length;
        await http.Response.WriteAsync(Secret);
    }

    private async Task NumbersAsync(HttpContext http)
    {
        int count = int.Parse((string)http.Request.RouteValues["count"]!, provider: null);
        Done.Enqueue(($"GET {http.Request.Path}", 0));
        http.Response.ContentLength = count;
        await http.Response.Body.WriteAsync(Sockets.Numbered(count));
    }

    private async Task ChunkedAsync(HttpContext http)
    {
        int count = int.Parse((string)http.Request.RouteValues["count"]!, provider: null);
        Done.Enqueue(($"GET {http.Request.Path}", 0));
        for (int start = 0; start < count; start += 100)
        {
            await http.Response.Body.WriteAsync(Sockets.Numbered(count).AsMemory(start, Math.Min(100, count - start)));
            await http.Response.Body.FlushAsync();
        }
    }

    private async Task EchoAsync(HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        Done.Enqueue(("POST /echo", (int)body.Length));
        await http.Response.Body.WriteAsync(body.ToArray());
    }
}
